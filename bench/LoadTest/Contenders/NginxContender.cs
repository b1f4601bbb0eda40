using System.Text;

namespace Zoneway.LoadTest.Contenders;

/// <summary>nginx with the stream module and ssl_preread: a map from server name to address.</summary>
internal sealed class NginxContender(int workers) : Contender
{
    private readonly string? _program = InstalledProgram.Find("nginx");
    private string? _build;

    /// <inheritdoc/>
    public override string Name => $"nginx-{workers}";

    /// <inheritdoc/>
    public override string Description => $"{Build.Split('\n')[0].Trim()}, stream with ssl_preread, {workers} worker(s), buffers of the default size";

    /// <inheritdoc/>
    public override string? Obstacle =>
        _program is null ? "nginx is not installed"
        : !Build.Contains("--with-stream_ssl_preread_module") ? "nginx was built without ssl_preread"
        : IsStreamDynamic && ModulePath is null ? "nginx's stream module is not installed"
        : null;

    private string Build => _build ??= _program is null ? "" : InstalledProgram.Ask(_program, "-V");

    private bool IsStreamDynamic => Build.Contains("--with-stream=dynamic");

    private string? ModulePath
    {
        get
        {
            var directory = Build.Split(' ').FirstOrDefault(word => word.StartsWith("--modules-path="))?["--modules-path=".Length..] ?? "/usr/lib/nginx/modules";
            var path = Path.Combine(directory, "ngx_stream_module.so");
            return File.Exists(path) ? path : null;
        }
    }

    /// <inheritdoc/>
    public override ProgramStart Prepare(ContenderSetup setup)
    {
        var map = new StringBuilder();
        for (var route = 0; route < setup.Routes.Count; route++)
        {
            map.AppendLine($"    {Load.RouteSet.ServerName(route)} {setup.Routes.EndPoint(route)};");
        }

        var configuration = $$"""
            {{(IsStreamDynamic ? $"load_module {ModulePath};" : "")}}
            daemon off;
            worker_processes {{workers}};
            worker_rlimit_nofile {{setup.DescriptorLimit}};
            error_log {{setup.Directory}}/error.log crit;
            pid {{setup.Directory}}/pid;
            events { worker_connections {{setup.MaxConnections * 2}}; }
            stream {
              map_hash_bucket_size 128;
              map_hash_max_size 65536;
              map $ssl_preread_server_name $upstream {
            {{map}}
              }
              server {
                listen 127.0.0.1:{{setup.Port}} backlog=8192;
                ssl_preread on;
                preread_timeout 5s;
                proxy_pass $upstream;
                proxy_connect_timeout 5s;
                proxy_timeout 1h;
              }
            }
            """;
        return new ProgramStart(_program!, "-e", $"{setup.Directory}/error.log", "-c", setup.Write("nginx.conf", configuration));
    }
}
