using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Zoneway.Egress.Tests;

public sealed class ProgramTests : IDisposable
{
    private static readonly Dictionary<string, string> NoEnvironment = [];

    private readonly string _xdsFile = Path.GetTempFileName();

    public void Dispose() => File.Delete(_xdsFile);

    [Fact]
    public async Task Version_IsPrinted()
    {
        var (exitCode, output) = await ChildProgram.RunAsync(NoEnvironment, "version");

        Assert.Equal(0, exitCode);
        Assert.StartsWith("zone-egress ", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("clusters: [{name: c, type: STATIC}]", 0, "rejected: nothing")]
    [InlineData("clusters: [{name: c}, {name: c}]", 1, "clusters[1]: a resource of this type and name is there before")]
    [InlineData("kind: Pod", 2, "no Envoy resources")]
    public async Task Validate_TellsWhatWouldBecomeOfAFile(string text, int expected, string said)
    {
        await File.WriteAllTextAsync(_xdsFile, text);

        var (exitCode, output) = await ChildProgram.RunAsync(NoEnvironment, "validate", _xdsFile);

        Assert.Equal(expected, exitCode);
        Assert.Contains(said, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_BadFlagsAndVariables_ListsAllAndEndsWithCodeTwo()
    {
        var (exitCode, output) = await ChildProgram.RunAsync(
            new Dictionary<string, string> { ["KUMA_DATAPLANE_DRAIN_TIME"] = "soon", ["KUMA_SOMETHING_NEW"] = "x" },
            "run", "--cp-address", "cp", "--ca-cert-file", "/no/such/file", "--admin-port", "x");

        Assert.Equal(2, exitCode);
        foreach (var problem in new[] { "KUMA_DATAPLANE_DRAIN_TIME", "--cp-address", "--ca-cert-file", "--admin-port", "--name" })
        {
            Assert.Contains(problem, output, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("KUMA_SOMETHING_NEW", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run", "--no-such-flag")]
    [InlineData("walk")]
    [InlineData]
    public async Task Run_UnknownCommandLine_EndsWithCodeTwo(params string[] args) => Assert.Equal(2, (await ChildProgram.RunAsync(NoEnvironment, args)).ExitCode);

    [Fact]
    public async Task Run_NoControlPlane_TellsReasonAndEndsWithCodeOne()
    {
        var (exitCode, output) = await ChildProgram.RunAsync(
            new Dictionary<string, string> { ["KUMA_CONTROL_PLANE_RETRY_MAX_DURATION"] = "0s" },
            "run", "--cp-address", $"http://127.0.0.1:{ChildProgram.FreePort()}", "--name", "ze-1", "--admin-port", "0", "--readiness-port", "0");

        Assert.Equal(1, exitCode);
        Assert.Contains("crit", output, StringComparison.Ordinal);
        Assert.Contains("/bootstrap", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Terminated_DrainsUntilTheLastConnectionIsGone()
    {
        using var upstream = new TcpListener(IPAddress.Loopback, 0);
        upstream.Start();
        var readiness = ChildProgram.FreePort();
        await File.WriteAllTextAsync(_xdsFile, PassThrough(((IPEndPoint)upstream.LocalEndpoint).Port));
        await using var program = ChildProgram.Start(
            new Dictionary<string, string> { ["KUMA_READINESS_PORT"] = readiness.ToString(System.Globalization.CultureInfo.InvariantCulture), ["KUMA_DATAPLANE_PROXY_TYPE"] = "ingress" },
            "run", "--xds-file", _xdsFile, "--admin-port", "0", "--log-format", "json", "--name", "zi-1",
            "--drain-accept-time", "0s", "--drain-idle-time", "5m");
        await program.AnswersAsync(readiness, "/ready", "READY");
        using var downstream = new TcpClient();
        await downstream.ConnectAsync(await program.AcceptsAsync());
        using var accepted = await upstream.AcceptSocketAsync();

        await program.TerminateAsync();
        await program.AnswersAsync(readiness, "/ready", "TERMINATING");
        await accepted.SendAsync("still here"u8.ToArray());
        var buffer = new byte[10];
        await downstream.GetStream().ReadExactlyAsync(buffer);
        downstream.Close();
        accepted.Close();

        Assert.Equal(0, await program.ExitCodeAsync());
        var lines = program.Output.Split('\n').Select(line => JsonDocument.Parse(line).RootElement.GetProperty("Message").GetString()!).ToList();
        Assert.Contains("starts as Ingress zi-1", lines[0], StringComparison.Ordinal);
        Assert.Contains(lines, line => line.StartsWith("Drained", StringComparison.Ordinal));
    }

    private static string PassThrough(int upstreamPort) => $$"""
        resources:
        - name: any
          resource:
            "@type": type.googleapis.com/envoy.config.listener.v3.Listener
            name: any
            address: {socketAddress: {address: 127.0.0.1, portValue: 0 } }
            filterChains:
            - filters:
              - name: envoy.filters.network.tcp_proxy
                typedConfig: {"@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy, statPrefix: any, cluster: any}
        - name: any
          resource:
            "@type": type.googleapis.com/envoy.config.cluster.v3.Cluster
            name: any
            type: STATIC
            loadAssignment: {clusterName: any, endpoints: [{lbEndpoints: [{endpoint: {address: {socketAddress: {address: 127.0.0.1, portValue: {{upstreamPort}} } } } }]}]}
        """;
}
