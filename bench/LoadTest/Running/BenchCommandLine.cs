using System.CommandLine;
using System.CommandLine.Invocation;
using Zoneway.LoadTest.Contenders;
using Zoneway.LoadTest.Egress.Running;
using Zoneway.LoadTest.Soak;

namespace Zoneway.LoadTest.Running;

/// <summary>The command line of the harness.</summary>
internal sealed class BenchCommandLine
{
    /// <summary>Exit code of a command line that cannot be used.</summary>
    public const int BadUsage = 2;

    private readonly RunOptions _common = new();
    private readonly Option<string?> _zoneIngress = new("--zone-ingress")
    {
        Description = "The zone-ingress to measure. Default: the one built with this program.",
        HelpName = "path",
    };

    private readonly RootCommand _root;

    /// <param name="run">Runs; gets the options and whether to list only.</param>
    /// <param name="runEgress">Runs the egress cases, likewise; null to have none.</param>
    public BenchCommandLine(Func<BenchOptions, bool, CancellationToken, Task<int>> run, Func<EgressOptions, bool, CancellationToken, Task<int>>? runEgress = null)
    {
        _root = new RootCommand("Measures Zoneway's data path side by side with other SNI proxies, on loopback.") { _zoneIngress, SoakCommand.Create() };
        _common.AddTo(_root);
        if (runEgress is not null)
        {
            _root.Add(EgressCommand.Create(runEgress));
        }

        _root.SetAction((result, cancellationToken) => run(
            _common.Read(result) with { ZoneIngress = result.GetValue(_zoneIngress) ?? ContenderCatalog.FindZoneIngress() }, _common.IsListing(result), cancellationToken));
    }

    /// <summary>Parses and runs.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> InvokeAsync(IReadOnlyList<string> args, CancellationToken cancellationToken)
    {
        var parsed = _root.Parse(args);
        var code = await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null }, cancellationToken);
        return parsed.Action is ParseErrorAction ? BadUsage : code;
    }
}
