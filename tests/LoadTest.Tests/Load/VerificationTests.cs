using Zoneway.LoadTest.Load;

namespace Zoneway.LoadTest.Tests.Load;

/// <summary>That the load generator sees when a proxy changes bytes or routes wrongly.</summary>
public sealed class VerificationTests : IDisposable
{
    private readonly RunningBackend _backend = new();

    public void Dispose() => _backend.Dispose();

    [Theory]
    [InlineData(LoadKind.Upload, HelloShape.Small)]
    [InlineData(LoadKind.Download, HelloShape.PostQuantum)]
    [InlineData(LoadKind.PingPong, HelloShape.Small)]
    [InlineData(LoadKind.OpenLoop, HelloShape.Small)]
    [InlineData(LoadKind.Connect, HelloShape.PostQuantum)]
    [InlineData(LoadKind.Idle, HelloShape.Small)]
    public void Execute_NoProxy_IsRight(object kind, object hello)
    {
        var result = Run((LoadKind)kind, null, (HelloShape)hello);

        Assert.Equal((0, 0, 0, 0), (result.WrongBytes, result.WrongRoutes, result.Failures, result.Leaked));
        Assert.True(result.Operations + result.Bytes > 0);
    }

    [Fact]
    public void Execute_RelayThatChangesNothing_IsRight()
    {
        using var relay = new SpoilingRelay(_backend.Ports[0]);

        var result = Run(LoadKind.PingPong, relay.Port);

        Assert.Equal((0, 0, 0), (result.WrongBytes, result.WrongRoutes, result.Failures));
        Assert.True(result.Operations > 0);
        Assert.NotNull(result.Latency);
    }

    [Theory]
    [InlineData(LoadKind.Upload)]
    [InlineData(LoadKind.PingPong)]
    [InlineData(LoadKind.OpenLoop)]
    public void Execute_ByteChangedOnTheWayUp_IsSeen(object kind)
    {
        using var relay = new SpoilingRelay(_backend.Ports[0], spoiledUp: 1000);

        Assert.NotEqual(0, Run((LoadKind)kind, relay.Port).WrongBytes);
    }

    [Theory]
    [InlineData(LoadKind.Download)]
    [InlineData(LoadKind.PingPong)]
    [InlineData(LoadKind.OpenLoop)]
    public void Execute_ByteChangedOnTheWayDown_IsSeen(object kind)
    {
        using var relay = new SpoilingRelay(_backend.Ports[0], spoiledDown: 1000);

        Assert.NotEqual(0, Run((LoadKind)kind, relay.Port).WrongBytes);
    }

    [Theory]
    [InlineData(LoadKind.Connect)]
    [InlineData(LoadKind.Idle)]
    public void Execute_HelloChanged_IsSeen(object kind)
    {
        using var relay = new SpoilingRelay(_backend.Ports[0], spoiledUp: 100);

        Assert.NotEqual(0, Run((LoadKind)kind, relay.Port).WrongBytes);
    }

    [Fact]
    public void Execute_WrongBackend_IsSeen()
    {
        using var relay = new SpoilingRelay(_backend.Ports[1]);

        var result = Run(LoadKind.PingPong, relay.Port);

        Assert.Equal((0, 1), (result.WrongBytes, result.WrongRoutes));
    }

    private LoadResult Run(LoadKind kind, int? proxyPort, HelloShape hello = HelloShape.Small)
    {
        // With a proxy one route, whose right back end is the first.
        var routes = new RouteSet(proxyPort is null ? 2 : 1, _backend.Ports);
        var request = new LoadRequest
        {
            Kind = kind,
            ProxyPort = proxyPort,
            Routes = routes,
            Hello = hello,
            Connections = proxyPort is null ? 4 : 1,
            MessagesPerSecond = 2000,
            WarmUp = TimeSpan.FromMilliseconds(50),
            Duration = TimeSpan.FromMilliseconds(200),
        };
        var reactor = new Reactor();
        var hellos = new HelloBook(hello, routes.Count);
        return kind == LoadKind.Idle ? new IdleRun(request, reactor, hellos, _backend.Counters).Execute() : new TimedRun(request, reactor, hellos, _backend.Counters).Execute();
    }
}
