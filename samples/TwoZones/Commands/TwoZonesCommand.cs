using System.CommandLine;

namespace Zoneway.TwoZones.Commands;

/// <summary>The sample's command line.</summary>
internal static class TwoZonesCommand
{
    public static RootCommand Create(TimeProvider time)
    {
        var json = new Option<bool>("--json") { Description = "Print one JSON object at the end instead of tables" };
        var keep = new Option<bool>("--keep") { Description = "Leave the folder with resource files and certificates behind" };
        var verbose = new Option<bool>("--verbose") { Description = "Show every line that the programs write, on standard error" };
        var command = new RootCommand("Plays cross-zone mTLS traffic through a zone egress and two zone ingresses, all on this machine, and checks every step")
        {
            json, keep, verbose, BackendCommand.Create(),
        };
        command.SetAction((result, cancellation) =>
            new TwoZonesRun(new TwoZonesOptions(result.GetValue(json), result.GetValue(keep), result.GetValue(verbose)), time).RunAsync(cancellation));
        return command;
    }
}
