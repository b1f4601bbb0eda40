using System.Text;
using Zoneway.LoadTest.Contenders;

namespace Zoneway.LoadTest.Egress.Contenders;

/// <summary>HAProxy as a reverse proxy that ends mutual TLS, in HTTP and TCP mode. Ratios are to nginx, by which the egress is judged.</summary>
internal sealed class HaproxyEgress : EgressContender
{
    private readonly string? _program = InstalledProgram.Find("haproxy");

    /// <inheritdoc/>
    public override string Name => "haproxy";

    /// <inheritdoc/>
    public override string Description =>
        $"{InstalledProgram.Version(_program!, "-v")}, {Environment.ProcessorCount} threads, verify required, no session cache, http-reuse always, no log; ratios are not to it";

    /// <inheritdoc/>
    public override ContenderRole Role => ContenderRole.Bystander;

    /// <inheritdoc/>
    public override string? Obstacle => _program is null ? "HAProxy is not installed" : null;

    /// <inheritdoc/>
    public override ProgramStart Prepare(EgressSetup setup) => new(_program!, "-db", "-f", setup.Write("haproxy.cfg", Configuration(setup)));

    /// <summary>The configuration.</summary>
    public static string Configuration(EgressSetup setup)
    {
        var text = new StringBuilder($"""
            global
              nbthread {Environment.ProcessorCount}
              maxconn {setup.MaxConnections}
              tune.ssl.cachesize 0
              ssl-default-bind-options ssl-min-ver TLSv1.2
            defaults
              timeout connect 5s
              timeout client 1h
              timeout server 1h
              timeout http-request 1h
              timeout http-keep-alive 1h
              http-reuse always

            """);
        foreach (var service in EgressService.All)
        {
            text.AppendLine(Listen(setup, service));
        }

        return text.ToString();
    }

    private static string Listen(EgressSetup setup, EgressService service)
    {
        var files = setup.CertificatesOf(service);
        return $"""
            listen {service.Name}
              mode {(service.IsHttp ? "http" : "tcp")}
              bind 127.0.0.1:{setup.Port(service)} backlog 4096 ssl crt {files.Both("proxy")} ca-file {files.Authority} verify required{(service.IsHttp ? " alpn h2,http/1.1" : "")}
              server s 127.0.0.1:{setup.Backend(service)}{(service.IsUpstreamTls ? $" ssl verify required ca-file {setup.BackendAuthority} sni str({EgressService.BackendName}) verifyhost {EgressService.BackendName}" : "")}
            """;
    }
}
