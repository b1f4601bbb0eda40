using System.Text;
using Zoneway.LoadTest.Load;

namespace Zoneway.LoadTest.Contenders;

/// <summary>sniproxy: one process, a table of regular expressions that it tries one after the other.</summary>
internal sealed class SniproxyContender : Contender
{
    private readonly string? _program = InstalledProgram.Find("sniproxy");

    /// <inheritdoc/>
    public override string Name => "sniproxy";

    /// <inheritdoc/>
    public override string Description => $"{InstalledProgram.Version(_program!, "-V")}, one process";

    /// <inheritdoc/>
    public override string? Obstacle => _program is null ? "sniproxy is not installed" : null;

    /// <inheritdoc/>
    public override ProgramStart Prepare(ContenderSetup setup)
    {
        var table = new StringBuilder();
        for (var route = 0; route < setup.Routes.Count; route++)
        {
            table.AppendLine($"  ^{RouteSet.ServerName(route).Replace(".", "\\.")}$ {setup.Routes.EndPoint(route)}");
        }

        var configuration = $$"""
            user {{Environment.UserName}}
            pidfile {{setup.Directory}}/pid
            error_log {
              filename {{setup.Directory}}/error.log
              priority error
            }
            listen 127.0.0.1:{{setup.Port}} {
              proto tls
              table routes
            }
            table routes {
            {{table}}
            }

            """;
        return new ProgramStart(_program!, "-f", "-c", setup.Write("sniproxy.conf", configuration), "-n", $"{setup.DescriptorLimit}");
    }
}
