using System.Text;
using Zoneway.LoadTest.Load;

namespace Zoneway.LoadTest.Contenders;

/// <summary>
/// HAProxy in TCP mode: a map from server name to a backend. Splice is asked for in both directions or not at all; <c>option splice-auto</c> is left out, as it was never
/// seen to splice.
/// </summary>
internal sealed class HaproxyContender(bool isSplicing) : Contender
{
    private const int Pipes = 100;

    private readonly string? _program = InstalledProgram.Find("haproxy");

    /// <inheritdoc/>
    public override string Name => isSplicing ? "haproxy-splice" : "haproxy";

    /// <inheritdoc/>
    public override string Description =>
        $"{InstalledProgram.Version(_program!, "-v")}, tcp mode, {Environment.ProcessorCount} threads, "
        + (isSplicing ? "option splice-request and splice-response, pipes of 512 KiB" : "no splice");

    /// <inheritdoc/>
    public override string? Obstacle => _program is null ? "HAProxy is not installed" : null;

    /// <inheritdoc/>
    public override ProgramStart Prepare(ContenderSetup setup)
    {
        var map = new StringBuilder();
        for (var route = 0; route < setup.Routes.Count; route++)
        {
            map.AppendLine($"{RouteSet.ServerName(route)} backend-{setup.Routes.Backend(route)}");
        }

        var configuration = new StringBuilder($"""
            global
              nbthread {Environment.ProcessorCount}
              maxconn {setup.MaxConnections}
            {(isSplicing ? $"  tune.pipesize 524288\n  maxpipes {Pipes}" : "")}
            defaults
              mode tcp
              timeout connect 5s
              timeout client 1h
              timeout server 1h
            {(isSplicing ? "  option splice-request\n  option splice-response" : "")}
            frontend inbound
              bind 127.0.0.1:{setup.Port} backlog 8192
              tcp-request inspect-delay 5s
              tcp-request content accept if {"{"} req.ssl_hello_type 1 {"}"}
              use_backend %[req.ssl_sni,lower,map_str({setup.Write("routes.map", map.ToString())})]

            """);
        for (var backend = 0; backend < setup.Routes.BackendPorts.Count; backend++)
        {
            configuration.AppendLine($"backend backend-{backend}").AppendLine($"  server s 127.0.0.1:{setup.Routes.BackendPorts[backend]}");
        }

        return new ProgramStart(_program!, "-db", "-f", setup.Write("haproxy.cfg", configuration.ToString()));
    }
}
