using System.Globalization;
using System.Net.Sockets;
using Zoneway.TestUtilities;
using ForeignProgram = Zoneway.TestUtilities.ChildProgram;

namespace Zoneway.Egress.Tests.Foreign;

/// <summary>nginx as the external service.</summary>
public abstract class NginxTests(string path) : IAsyncLifetime
{
    private const string Name = "nginx.test";
    private const long GibiByte = 1L << 30;

    // Whoever buffers the body holds a gibibyte; what the runtime compiles and collects meanwhile differs by tens of MiB from run to run.
    private const long MostGrowth = GibiByte / 4;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("zoneway-nginx-");
    private readonly int _port = ChildProgram.FreePort();
    private HttpUpstream? _counter;
    private ForeignProgram? _nginx;
    private ForeignEgress? _egress;

    public async Task InitializeAsync()
    {
        if (Programs.Find("nginx") is null)
        {
            return;
        }

        _counter = await HttpUpstream.StartAsync();
        await File.WriteAllTextAsync(FileNamed("nginx.conf"), Configuration());
        await File.WriteAllTextAsync(FileNamed("chunked.txt"), "<!--# set var=\"x\" value=\"some of\" --><!--# echo var=\"x\" --> other");
        // A hole of this size takes no room on the disk.
        await using (var hole = File.Create(FileNamed("gib")))
        {
            hole.SetLength(GibiByte);
        }

        _nginx = ForeignProgram.Start("nginx", "-p", _directory.FullName, "-c", FileNamed("nginx.conf"), "-e", "stderr");
        await Eventually.TrueAsync(IsListening);
        _egress = await ForeignEgress.StartAsync(path, xds => xds.AddHttp(Name, _port, alpn: "h2, http/1.1"));
    }

    public async Task DisposeAsync()
    {
        if (_egress is not null)
        {
            await _egress.DisposeAsync();
        }

        if (_nginx is not null)
        {
            await _nginx.TerminateAsync();
            await _nginx.DisposeAsync();
        }

        if (_counter is not null)
        {
            await _counter.DisposeAsync();
        }

        _directory.Delete(recursive: true);
    }

    [ProgramFact("nginx", "nginx")]
    public async Task KeepAlive_RequestsShareAConnectionToTheEndpoint()
    {
        var connections = (await CurlAsync("/connection?[1-20]", "--http1.1")).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(20, connections.Length);
        // A client that is faster than the pool gets another connection now and then.
        Assert.InRange(connections.Distinct().Count(), 1, 10);
    }

    [ProgramFact("nginx", "nginx")]
    public async Task ChunkedAnswer_ComesWhole()
    {
        var answer = await CurlAsync("/chunked", "--http1.1", "-i");

        Assert.Contains("transfer-encoding: chunked", answer, StringComparison.OrdinalIgnoreCase);
        Assert.EndsWith("some of other", answer, StringComparison.Ordinal);
    }

    [ProgramTheory("nginx", "nginx")]
    [InlineData("--http1.1")]
    [InlineData("--http2")]
    public async Task GibibyteDown_StreamsWithoutBuffering(string option)
    {
        var before = _egress!.ResidentBytes;

        var answer = await CurlAsync("/gib", option, "-o", "/dev/null", "-w", "%{http_code} %{size_download}");

        Assert.Equal($"200 {GibiByte}", answer);
        Assert.InRange(_egress.PeakBytes - before, long.MinValue, MostGrowth);
    }

    [ProgramTheory("nginx", "nginx")]
    [InlineData("--http1.1")]
    [InlineData("--http2")]
    public async Task GibibyteUp_StreamsWithoutBuffering(string option)
    {
        var before = _egress!.ResidentBytes;

        var answer = await CurlAsync("/count", option, "-T", FileNamed("gib"), "-w", " %{http_code} %{size_upload}");

        Assert.Equal($"{GibiByte} 200 {GibiByte}", answer);
        Assert.InRange(_egress.PeakBytes - before, long.MinValue, MostGrowth);
    }

    private bool IsListening()
    {
        try
        {
            using var client = new TcpClient("127.0.0.1", _port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private async Task<string> CurlAsync(string pathAndQuery, params string[] options)
    {
        var port = _egress!.Address.Port;
        await using var curl = ForeignProgram.Start(
            "curl", ["-sS", "--insecure", "--cert", _egress.CertificateFile, "--key", _egress.KeyFile, "--resolve", $"{Name}:{port}:127.0.0.1", .. options, $"https://{Name}:{port}{pathAndQuery}"]);
        // A gibibyte may take longer than anything else that a test waits for.
        await curl.EndedAsync(TimeSpan.FromMinutes(5));
        Assert.True(await curl.FinishAsync() == 0, curl.Output);
        return curl.Output;
    }

    private string FileNamed(string name) => Path.Combine(_directory.FullName, name);

    // nginx reads a body to its end only when it passes it on.
    private string Configuration() => string.Create(CultureInfo.InvariantCulture, $$"""
        daemon off; master_process off; worker_processes 1; pid {{FileNamed("pid")}};
        events {}
        http {
          access_log off; client_body_temp_path {{FileNamed("body")}}; proxy_temp_path {{FileNamed("proxy")}};
          fastcgi_temp_path {{FileNamed("fastcgi")}}; uwsgi_temp_path {{FileNamed("uwsgi")}}; scgi_temp_path {{FileNamed("scgi")}};
          client_max_body_size 0;
          server {
            listen 127.0.0.1:{{_port}};
            root {{_directory.FullName}};
            location /connection { default_type text/plain; return 200 "$connection\n"; }
            location /chunked { ssi on; ssi_types *; default_type text/plain; alias {{FileNamed("chunked.txt")}}; }
            location /count { proxy_pass http://127.0.0.1:{{_counter!.Port}}; proxy_request_buffering off; proxy_http_version 1.1; }
          }
        }
        """);
}

public sealed class PortableNginxTests() : NginxTests("portable");

public sealed class EngineNginxTests() : NginxTests("engine");
