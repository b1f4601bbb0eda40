using System.Security.Cryptography;
using Zoneway.TestUtilities;
using ForeignProgram = Zoneway.TestUtilities.ChildProgram;

namespace Zoneway.Egress.Tests.Foreign;

/// <summary>curl as the client.</summary>
public abstract class CurlTests(SharedEgress shared)
{
    [ProgramTheory("curl", "curl")]
    [InlineData("--http1.1", "1.1")]
    [InlineData("--http2", "2")]
    public async Task Get_IsAnswered(string option, string version)
    {
        var output = await RunAsync(SharedEgress.ServedAlpn, "/hello?a=b", option, "-w", "version %{http_version} status %{http_code}");

        Assert.Equal($"GET /hello HTTP/1.1\nversion {version} status 200", output);
    }

    [ProgramTheory("curl", "curl")]
    [InlineData("--http1.1")]
    [InlineData("--http2")]
    public async Task Post_OfEightMebibytes_ComesBackAsItWas(string option)
    {
        var (sent, received) = (shared.Egress.FileNamed("sent" + option), shared.Egress.FileNamed("received" + option));
        var body = RandomNumberGenerator.GetBytes(8 * 1024 * 1024);
        await File.WriteAllBytesAsync(sent, body);

        await RunAsync(SharedEgress.ServedAlpn, "/echo", option, "--data-binary", "@" + sent, "-o", received);

        Assert.Equal(SHA256.HashData(body), SHA256.HashData(await File.ReadAllBytesAsync(received)));
    }

    [ProgramFact("curl", "curl")]
    public async Task Post_Chunked_ComesBackAsItWas()
    {
        var output = await RunAsync(SharedEgress.Served, "/echo", "--http1.1", "-H", "Transfer-Encoding: chunked", "--data-binary", "abc");

        Assert.Equal("abc", output);
    }

    [ProgramFact("curl", "curl")]
    public async Task Expect100Continue_TheClientIsToldToGoOn()
    {
        // Without a 100 it would wait for longer than the test does.
        var output = await RunAsync(SharedEgress.Served, "/echo", "--http1.1", "-v", "--expect100-timeout", "600", "-H", "Expect: 100-continue", "--data-binary", "abc");

        Assert.Contains("< HTTP/1.1 100 Continue", output, StringComparison.Ordinal);
        Assert.Contains("< HTTP/1.1 200 OK", output, StringComparison.Ordinal);
        Assert.Contains("abc", output, StringComparison.Ordinal);
    }

    [ProgramTheory("curl", "curl")]
    [InlineData("--http1.1")]
    [InlineData("--http2")]
    public async Task Head_HasTheLengthAndNoBody(string option)
    {
        var output = await RunAsync(SharedEgress.ServedAlpn, "/bytes/1000", option, "--head", "-w", "received %{size_download}");

        Assert.Contains("content-length: 1000", output, StringComparison.OrdinalIgnoreCase);
        Assert.EndsWith("received 0", output, StringComparison.Ordinal);
    }

    [ProgramFact("curl", "curl")]
    public async Task ManyRequests_ShareOneConnection()
    {
        var output = await RunAsync(SharedEgress.ServedAlpn, "/[1-20]", "--http2", "-w", "connects %{num_connects}\n");

        Assert.Equal(19, output.Split("connects 0\n").Length - 1);
    }

    private async Task<string> RunAsync(string serverName, string path, params string[] options)
    {
        var port = shared.Egress.Address.Port;
        await using var curl = ForeignProgram.Start(
            "curl", ["-sS", "--insecure", "--cert", shared.Egress.CertificateFile, "--key", shared.Egress.KeyFile, "--resolve", $"{serverName}:{port}:127.0.0.1", .. options, $"https://{serverName}:{port}{path}"]);
        Assert.True(await curl.FinishAsync() == 0, curl.Output);
        return curl.Output;
    }
}

public sealed class PortableCurlTests(PortableEgress egress) : CurlTests(egress), IClassFixture<PortableEgress>;

public sealed class EngineCurlTests(EngineEgress egress) : CurlTests(egress), IClassFixture<EngineEgress>;
