using System.Net;
using System.Security.Cryptography.X509Certificates;
using Zoneway.Ingress.Tests.Settings;
using Zoneway.SniRouter;
using Zoneway.TestUtilities;

namespace Zoneway.Ingress.Tests.EndToEnd;

public sealed class RoutingTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly TestCertificates _authority = new();
    private readonly X509Certificate2 _clientCertificate;

    public RoutingTests() => _clientCertificate = _authority.Issue("spiffe://default/client");

    public void Dispose()
    {
        _clientCertificate.Dispose();
        _authority.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [InlineData(DataPath.Auto)]
    [InlineData(DataPath.Portable)]
    public async Task Run_WithXdsFile_RoutesMutualTlsByServerName(DataPath dataPath)
    {
        await using var red = new TlsBackend("red", _authority);
        await using var blue = new TlsBackend("blue", _authority);
        await using var proxy = Start(XdsFileText.Ingress(0, ("red", red.Port), ("blue", blue.Port)), dataPath);
        await proxy.ReadinessAsync("READY");

        foreach (var service in new[] { "red", "blue", "RED" })
        {
            await using var client = new TlsClient(_authority);
            Assert.Equal(service.ToLowerInvariant(), await client.ConnectAsync(proxy.Bound("inbound")!, $"{service}{{mesh=default}}", _clientCertificate));
            Assert.Equal("hello", await client.EchoAsync("hello"));
        }
    }

    [Fact]
    public async Task Run_ClientOfAnotherAuthority_IsRefusedByTheWorkload()
    {
        using var other = new TestCertificates("another authority");
        using var certificate = other.Issue("spiffe://default/client");
        await using var red = new TlsBackend("red", _authority);
        await using var proxy = Start(XdsFileText.Ingress(0, ("red", red.Port)));
        await proxy.ReadinessAsync("READY");

        Assert.False(await IsReachableAsync(proxy.Bound("inbound")!, "red", certificate));
    }

    [Fact]
    public async Task Run_UnknownServerName_ClosesAndCounts()
    {
        await using var red = new TlsBackend("red", _authority);
        await using var proxy = Start(XdsFileText.Ingress(0, ("red", red.Port)));
        await proxy.ReadinessAsync("READY");

        await using var client = new TlsClient(_authority);

        await Assert.ThrowsAnyAsync<IOException>(() => client.ConnectAsync(proxy.Bound("inbound")!, "green{mesh=default}", _clientCertificate));
        await RunningProxy.UntilAsync(
            async () => (await proxy.GetAsync("/stats/prometheus")).Text.Contains("""zoneway_downstream_cx_outcome{outcome="no_route",side="downstream"} 1""", StringComparison.Ordinal),
            "the outcome is counted");
    }

    [Fact]
    public async Task Run_FileChanges_RoutesChangeAndConnectionsStay()
    {
        await using var red = new TlsBackend("red", _authority);
        await using var blue = new TlsBackend("blue", _authority);
        await using var proxy = Start(XdsFileText.Ingress(0, ("red", red.Port)));
        await proxy.ReadinessAsync("READY");
        var listener = proxy.Bound("inbound")!;
        await using var early = new TlsClient(_authority);
        await early.ConnectAsync(listener, "red{mesh=default}", _clientCertificate);

        _directory.Write("resources.yaml", XdsFileText.Ingress(0, ("blue", blue.Port)));
        await RunningProxy.UntilAsync(() => IsReachableAsync(listener, "blue"), "the new route is there");

        Assert.False(await IsReachableAsync(listener, "red"));
        Assert.Equal("still here", await early.EchoAsync("still here"));
        Assert.Equal(listener, proxy.Bound("inbound"));
    }

    [Fact]
    public async Task Run_FileTurnsBad_LastGoodRoutesStay()
    {
        await using var red = new TlsBackend("red", _authority);
        await using var blue = new TlsBackend("blue", _authority);
        await using var proxy = Start(XdsFileText.Ingress(0, ("red", red.Port)));
        await proxy.ReadinessAsync("READY");

        _directory.Write("resources.yaml", "resources: [{name: x, resource: {'@type': type.googleapis.com/some.unknown.Type}}]");
        _directory.Write("resources.yaml", XdsFileText.Ingress(0, ("red", red.Port), ("blue", blue.Port)).Replace("name: inbound", "name: {", StringComparison.Ordinal));

        Assert.True(await IsReachableAsync(proxy.Bound("inbound")!, "red"));
        Assert.Equal("READY", (await proxy.GetAsync("/ready")).Text);
    }

    private RunningProxy Start(string resources, DataPath dataPath = DataPath.Auto) => new(RunningProxy.FollowFile(_directory.Write("resources.yaml", resources), dataPath));

    // A client that is refused after its handshake (TLS 1.3) sees an end of stream, or a reset.
    private async Task<bool> IsReachableAsync(IPEndPoint listener, string service, X509Certificate2? certificate = null)
    {
        await using var client = new TlsClient(_authority);
        try
        {
            return await client.ConnectAsync(listener, $"{service}{{mesh=default}}", certificate ?? _clientCertificate) == service;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
