using System.Text;
using Zoneway.LoadTest.Contenders;

namespace Zoneway.LoadTest.Egress.Contenders;

/// <summary>nginx as a reverse proxy that ends mutual TLS: http servers with kept connections to the back end, stream servers for bytes.</summary>
/// <remarks>It checks the client's chain only; of names in certificates its configuration knows nothing.</remarks>
internal sealed class NginxEgress : EgressContender
{
    // As many as a case has connections, so that none to the back end is opened in the interval.
    private const int KeptConnections = 512;

    private readonly string? _program = InstalledProgram.Find("nginx");
    private string? _build;

    /// <inheritdoc/>
    public override string Name => "nginx";

    /// <inheritdoc/>
    public override string Description =>
        $"{Build.Split('\n')[0].Trim()}, {Environment.ProcessorCount} workers, ssl_verify_client on, no session cache, {KeptConnections} connections kept per upstream, no access log";

    /// <inheritdoc/>
    public override string? Obstacle =>
        _program is null ? "nginx is not installed"
        : !Build.Contains("--with-http_v2_module") || !Build.Contains("--with-stream_ssl_module") ? "nginx was built without HTTP/2 or TLS in streams"
        : IsStreamDynamic && !File.Exists(StreamModule) ? "nginx's stream module is not installed"
        : null;

    private string Build => _build ??= _program is null ? "" : InstalledProgram.Ask(_program, "-V");

    private bool IsStreamDynamic => Build.Contains("--with-stream=dynamic");

    private string StreamModule
    {
        get
        {
            const string Option = "--modules-path=";
            var directory = Build.Split(' ').FirstOrDefault(word => word.StartsWith(Option))?[Option.Length..] ?? "/usr/lib/nginx/modules";
            return Path.Combine(directory, "ngx_stream_module.so");
        }
    }

    /// <inheritdoc/>
    public override ProgramStart Prepare(EgressSetup setup) =>
        new(_program!, "-e", $"{setup.Directory}/error.log", "-c", setup.Write("nginx.conf", Configuration(setup, IsStreamDynamic ? StreamModule : null)));

    /// <summary>The configuration.</summary>
    /// <param name="setup">What is served.</param>
    /// <param name="streamModule">Path of the stream module; null when it is built in.</param>
    public static string Configuration(EgressSetup setup, string? streamModule) => $$"""
        {{(streamModule is null ? "" : $"load_module {streamModule};")}}
        daemon off;
        worker_processes {{Environment.ProcessorCount}};
        worker_rlimit_nofile {{setup.DescriptorLimit}};
        error_log {{setup.Directory}}/error.log crit;
        pid {{setup.Directory}}/pid;
        events { worker_connections {{setup.MaxConnections * 2}}; }
        http {
          access_log off;
          client_body_temp_path {{setup.Directory}}/body;
          proxy_temp_path {{setup.Directory}}/proxy;
          fastcgi_temp_path {{setup.Directory}}/fastcgi;
          uwsgi_temp_path {{setup.Directory}}/uwsgi;
          scgi_temp_path {{setup.Directory}}/scgi;
          tcp_nodelay on;
          keepalive_timeout 1h;
          keepalive_requests 1000000000;
          http2_max_concurrent_streams 1024;
        {{Servers(setup, isHttp: true)}}
        }
        stream {
          tcp_nodelay on;
        {{Servers(setup, isHttp: false)}}
        }
        """;

    private static StringBuilder Servers(EgressSetup setup, bool isHttp)
    {
        var text = new StringBuilder();
        foreach (var service in EgressService.All.Where(service => service.IsHttp == isHttp))
        {
            text.AppendLine(isHttp ? HttpServer(setup, service) : StreamServer(setup, service));
        }

        return text;
    }

    private static string HttpServer(EgressSetup setup, EgressService service) => $$"""
          upstream {{service.Name}} {
            server 127.0.0.1:{{setup.Backend(service)}};
            keepalive {{KeptConnections}};
            keepalive_requests 1000000000;
            keepalive_timeout 1h;
          }
          server {
            listen 127.0.0.1:{{setup.Port(service)}} ssl http2 backlog=4096;
            server_name {{EgressService.ServerName}};
        {{Downstream(setup, service)}}
            location / {
              proxy_pass {{(service.IsUpstreamTls ? "https" : "http")}}://{{service.Name}};
              proxy_http_version 1.1;
              proxy_set_header Connection "";
              proxy_set_header Host $host;
        {{Upstream(setup, service)}}
            }
          }
        """;

    private static string StreamServer(EgressSetup setup, EgressService service) => $$"""
          server {
            listen 127.0.0.1:{{setup.Port(service)}} ssl backlog=4096;
            proxy_pass 127.0.0.1:{{setup.Backend(service)}};
            proxy_timeout 1h;
        {{Downstream(setup, service)}}
        {{(service.IsUpstreamTls ? "    proxy_ssl on;" : "")}}
        {{Upstream(setup, service)}}
          }
        """;

    private static string Downstream(EgressSetup setup, EgressService service)
    {
        var files = setup.CertificatesOf(service);
        return $"""
                ssl_certificate {files.Certificate("proxy")};
                ssl_certificate_key {files.Key("proxy")};
                ssl_client_certificate {files.Authority};
                ssl_verify_client on;
                ssl_session_cache off;
                ssl_protocols TLSv1.2 TLSv1.3;
            """;
    }

    private static string Upstream(EgressSetup setup, EgressService service) => !service.IsUpstreamTls ? "" : $"""
            proxy_ssl_protocols TLSv1.2 TLSv1.3;
            proxy_ssl_verify on;
            proxy_ssl_trusted_certificate {setup.BackendAuthority};
            proxy_ssl_server_name on;
            proxy_ssl_name {EgressService.BackendName};
        """;
}
