using Zoneway.LoadTest.Load;
using Zoneway.TestUtilities;

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
        var result = RunUntil(result => result.Operations + result.Bytes > 0, (LoadKind)kind, null, (HelloShape)hello);

        Assert.Equal((0, 0, 0, 0), (result.WrongBytes, result.WrongRoutes, result.Failures, result.Leaked));
    }

    [Fact]
    public void Execute_RelayThatChangesNothing_IsRight()
    {
        using var relay = new SpoilingRelay(_backend.Ports[0]);

        var result = RunUntil(result => result.Operations > 0, LoadKind.PingPong, relay.Port);

        Assert.Equal((0, 0, 0), (result.WrongBytes, result.WrongRoutes, result.Failures));
        Assert.NotNull(result.Latency);
    }

    [Theory]
    [InlineData(LoadKind.Upload)]
    [InlineData(LoadKind.PingPong)]
    [InlineData(LoadKind.OpenLoop)]
    public void Execute_ByteChangedOnTheWayUp_IsSeen(object kind)
    {
        using var relay = new SpoilingRelay(_backend.Ports[0], spoiledUp: 1000);

        RunUntil(result => result.WrongBytes > 0, (LoadKind)kind, relay.Port);
    }

    [Theory]
    [InlineData(LoadKind.Download)]
    [InlineData(LoadKind.PingPong)]
    [InlineData(LoadKind.OpenLoop)]
    public void Execute_ByteChangedOnTheWayDown_IsSeen(object kind)
    {
        using var relay = new SpoilingRelay(_backend.Ports[0], spoiledDown: 1000);

        RunUntil(result => result.WrongBytes > 0, (LoadKind)kind, relay.Port);
    }

    [Theory]
    [InlineData(LoadKind.Connect)]
    [InlineData(LoadKind.Idle)]
    public void Execute_HelloChanged_IsSeen(object kind)
    {
        using var relay = new SpoilingRelay(_backend.Ports[0], spoiledUp: 100);

        RunUntil(result => result.WrongBytes > 0, (LoadKind)kind, relay.Port);
    }

    [Fact]
    public void Execute_WrongBackend_IsSeen()
    {
        using var relay = new SpoilingRelay(_backend.Ports[1]);

        var result = Run(LoadKind.PingPong, relay.Port);

        Assert.Equal((0, 1), (result.WrongBytes, result.WrongRoutes));
    }

    // How far a run comes in its time depends on what else the machine does, so a run that came to nothing is followed by another.
    private LoadResult RunUntil(Func<LoadResult, bool> isEnough, LoadKind kind, int? proxyPort, HelloShape hello = HelloShape.Small)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var result = Run(kind, proxyPort, hello);
            if (isEnough(result))
            {
                return result;
            }

            Assert.True(TimeProvider.System.GetElapsedTime(start) < Eventually.Limit, $"not seen within {Eventually.Limit.TotalSeconds} s: {result}");
        }
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
