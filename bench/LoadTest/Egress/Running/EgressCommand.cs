using System.CommandLine;
using Zoneway.LoadTest.Egress.Contenders;
using Zoneway.LoadTest.Running;

namespace Zoneway.LoadTest.Egress.Running;

/// <summary>The command <c>egress</c>.</summary>
internal sealed class EgressCommand
{
    private readonly RunOptions _common = new();
    private readonly Option<string?> _zoneEgress = new("--zone-egress") { Description = "The zone-egress to measure. Default: the one built with this program.", HelpName = "path" };
    private readonly Option<string> _tls = new("--tls") { Description = "Version of TLS between client and proxy, 1.2 or 1.3. Default 1.3.", DefaultValueFactory = _ => "1.3" };

    private EgressCommand() => _tls.AcceptOnlyFromAmong("1.2", "1.3");

    /// <summary>Makes the command.</summary>
    /// <param name="run">Runs; gets the options and whether to list only.</param>
    public static Command Create(Func<EgressOptions, bool, CancellationToken, Task<int>> run)
    {
        var own = new EgressCommand();
        var command = new Command("egress", "Measures the egress beside other proxies that end mutual TLS: HTTP/1.1, HTTP/2, TCP and handshakes, with plain text or TLS to the back end.")
        {
            own._zoneEgress, own._tls,
        };
        own._common.AddTo(command);
        command.SetAction((result, cancellationToken) => run(
            new EgressOptions(own._common.Read(result), result.GetValue(own._zoneEgress) ?? EgressContenderCatalog.FindZoneEgress(), result.GetValue(own._tls) == "1.2"),
            own._common.IsListing(result),
            cancellationToken));
        return command;
    }
}
