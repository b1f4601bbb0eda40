using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Zoneway.Ingress.Tests.Settings;
using Zoneway.SniRouter;
using Zoneway.TestUtilities;

namespace Zoneway.Ingress.Tests.EndToEnd;

public sealed class LifetimeTests : IDisposable
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(30);

    private readonly TemporaryDirectory _directory = new();
    private readonly TestCertificates _authority = new();
    private readonly X509Certificate2 _clientCertificate;

    public LifetimeTests() => _clientCertificate = _authority.Issue("spiffe://default/client");

    public void Dispose()
    {
        _clientCertificate.Dispose();
        _authority.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Signal_NoConnectionOpen_EndsAtOnceWithCodeZero()
    {
        await using var proxy = new RunningProxy(RunningProxy.FollowFile(_directory.Write("r.yaml", XdsFileText.Ingress(0, ("red", 1)))));
        await proxy.ReadinessAsync("READY");

        proxy.Signal();

        Assert.Equal(0, await proxy.ExitCode.WaitAsync(TimeLimit));
    }

    [Theory]
    [InlineData(DataPath.Auto)]
    [InlineData(DataPath.Portable)]
    public async Task Signal_ConnectionOpen_DrainsAndEndsWithIt(DataPath dataPath)
    {
        await using var red = new TlsBackend("red", _authority);
        await using var proxy = Start(red, TimeLimit, dataPath);
        await proxy.ReadinessAsync("READY");
        var listener = proxy.Bound("inbound")!;
        await using (var client = new TlsClient(_authority))
        {
            await client.ConnectAsync(listener, "red{mesh=default}", _clientCertificate);

            proxy.Signal();
            await proxy.ReadinessAsync("TERMINATING");
            await RunningProxy.UntilAsync(() => Task.FromResult(proxy.Bound("inbound") is null), "the listener is closed");

            Assert.Equal("still here", await client.EchoAsync("still here"));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await proxy.GetAsync("/ready")).Status);
            using var late = new TcpClient();
            await Assert.ThrowsAnyAsync<SocketException>(() => late.ConnectAsync(listener));
            Assert.False(proxy.ExitCode.IsCompleted);
        }

        Assert.Equal(0, await proxy.ExitCode.WaitAsync(TimeLimit));
    }

    [Theory]
    [InlineData(DataPath.Auto)]
    [InlineData(DataPath.Portable)]
    public async Task Signal_DrainTimeOver_EndsWhatIsLeft(DataPath dataPath)
    {
        await using var red = new TlsBackend("red", _authority);
        await using var proxy = Start(red, TimeSpan.FromMilliseconds(100), dataPath);
        await proxy.ReadinessAsync("READY");
        await using var client = new TlsClient(_authority);
        await client.ConnectAsync(proxy.Bound("inbound")!, "red{mesh=default}", _clientCertificate);

        proxy.Signal();

        Assert.Equal(0, await proxy.ExitCode.WaitAsync(TimeLimit));
        Assert.Equal(0, proxy.Connections.Active);
    }

    [Theory]
    [InlineData(DataPath.Auto)]
    [InlineData(DataPath.Portable)]
    public async Task Signal_AcceptTimeNotOver_TakesNewConnectionsAlthoughNotReady(DataPath dataPath)
    {
        await using var red = new TlsBackend("red", _authority);
        await using var proxy = Start(red, TimeSpan.FromHours(1), dataPath, acceptTime: TimeSpan.FromHours(1));
        await proxy.ReadinessAsync("READY");

        proxy.Signal();
        await proxy.ReadinessAsync("TERMINATING");
        await using var client = new TlsClient(_authority);
        await client.ConnectAsync(proxy.Bound("inbound")!, "red{mesh=default}", _clientCertificate);
        Assert.Equal("still taken", await client.EchoAsync("still taken"));
        Assert.False(proxy.ExitCode.IsCompleted);
        proxy.Signal();

        Assert.Equal(0, await proxy.ExitCode.WaitAsync(TimeLimit));
    }

    [Theory]
    [InlineData(DataPath.Auto)]
    [InlineData(DataPath.Portable)]
    public async Task Signal_ConnectionIdle_EndsLongBeforeTheDrainTime(DataPath dataPath)
    {
        await using var red = new TlsBackend("red", _authority);
        await using var proxy = Start(red, TimeSpan.FromHours(1), dataPath, idleTime: TimeSpan.FromMilliseconds(100));
        await proxy.ReadinessAsync("READY");
        await using var client = new TlsClient(_authority);
        await client.ConnectAsync(proxy.Bound("inbound")!, "red{mesh=default}", _clientCertificate);

        proxy.Signal();

        Assert.Equal(0, await proxy.ExitCode.WaitAsync(TimeLimit));
    }

    [Fact]
    public async Task Signal_Twice_EndsAtOnce()
    {
        await using var red = new TlsBackend("red", _authority);
        await using var proxy = Start(red, TimeSpan.FromHours(1));
        await proxy.ReadinessAsync("READY");
        await using var client = new TlsClient(_authority);
        await client.ConnectAsync(proxy.Bound("inbound")!, "red{mesh=default}", _clientCertificate);

        proxy.Signal();
        proxy.Signal();

        Assert.Equal(0, await proxy.ExitCode.WaitAsync(TimeLimit));
    }

    [Fact]
    public async Task DrainAndStay_ConnectionOpen_GoesOnAndTheNextSignalEndsAtOnce()
    {
        await using var red = new TlsBackend("red", _authority);
        await using var proxy = Start(red, TimeSpan.FromHours(1));
        await proxy.ReadinessAsync("READY");
        await using var client = new TlsClient(_authority);
        await client.ConnectAsync(proxy.Bound("inbound")!, "red{mesh=default}", _clientCertificate);

        await proxy.DrainAndStayAsync();
        await RunningProxy.UntilAsync(() => Task.FromResult(proxy.Bound("inbound") is null), "the listener is closed");
        Assert.Equal("still here", await client.EchoAsync("still here"));
        Assert.False(proxy.ExitCode.IsCompleted);

        proxy.Signal();
        Assert.Equal(0, await proxy.ExitCode.WaitAsync(TimeLimit));
    }

    [Fact]
    public async Task Run_ListenerPortTaken_IsReadyOnceItIsFree()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        await using var proxy = new RunningProxy(RunningProxy.FollowFile(_directory.Write("r.yaml", XdsFileText.Ingress(port, ("red", 1)))));
        await RunningProxy.UntilAsync(
            async () => (await proxy.GetAsync("/stats/prometheus")).Text.Contains("zoneway_listener_unbound 1", StringComparison.Ordinal), "the listener waits for its port");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "NOT_READY"), await proxy.GetAsync("/ready"));

        taken.Stop();

        await proxy.ReadinessAsync("READY");
    }

    [Fact]
    public async Task Run_AdminPortTaken_FailsWithCodeOne()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();

        var settings = RunningProxy.FollowFile(_directory.Write("r.yaml", "resources: []")) with { Readiness = (IPEndPoint)taken.LocalEndpoint };
        await using var proxy = new RunningProxy(settings);

        Assert.Equal(1, await proxy.ExitCode.WaitAsync(TimeLimit));
    }

    [Fact]
    public async Task Get_UnknownPath_IsNotFound()
    {
        await using var proxy = new RunningProxy(RunningProxy.FollowFile(_directory.Write("r.yaml", "resources: []")));

        Assert.Equal(HttpStatusCode.NotFound, (await proxy.GetAsync("/readyz")).Status);
    }

    private RunningProxy Start(TlsBackend red, TimeSpan drainTime, DataPath dataPath = DataPath.Auto, TimeSpan acceptTime = default, TimeSpan? idleTime = null) =>
        new(RunningProxy.FollowFile(_directory.Write("r.yaml", XdsFileText.Ingress(0, ("red", red.Port))), dataPath) with
        {
            DrainTime = drainTime,
            DrainAcceptTime = acceptTime,
            DrainIdleTime = idleTime ?? drainTime,
        });
}
