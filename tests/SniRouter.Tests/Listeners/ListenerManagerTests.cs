using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Zoneway.SniRouter.Listeners;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.Listeners;

public sealed class ListenerManagerTests : IAsyncLifetime, IAsyncDisposable
{
    private static readonly IPEndPoint First = IPEndPoint.Parse("10.1.0.5:10001");
    private static readonly IPEndPoint Second = IPEndPoint.Parse("10.1.0.5:10002");
    private static readonly IPEndPoint AnyAddress = IPEndPoint.Parse("0.0.0.0:10001");

    private readonly FakeListenerTransport _transport = new();
    private readonly ManualTimeProvider _clock = new();
    private readonly ListenerManager _manager;

    public ListenerManagerTests() => _manager = new ListenerManager(_transport, _clock, NullLogger<ListenerManager>.Instance);

    public Task InitializeAsync() => Task.CompletedTask;

    public ValueTask DisposeAsync() => _manager.DisposeAsync();

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    [Fact]
    public async Task Bind_NewListener_Accepts()
    {
        Assert.Null(await BindAsync("l", First));

        Assert.Equal(First, _manager.Listeners["l"]);
        Assert.Equal([First], _transport.Bound);
    }

    [Fact]
    public async Task Bind_SameAddressAgain_IsLeftAlone()
    {
        var anyPort = IPEndPoint.Parse("127.0.0.1:0");
        await BindAsync("l", anyPort);
        var bound = _manager.Listeners["l"];

        await BindAsync("l", IPEndPoint.Parse("127.0.0.1:0"));

        Assert.Equal(bound, _manager.Listeners["l"]);
        Assert.Single(_transport.Calls);
    }

    [Fact]
    public async Task Bind_OtherAddress_NewOneFirst()
    {
        await BindAsync("l", First);

        Assert.Null(await BindAsync("l", Second));

        Assert.Equal([$"bind l {First}", $"bind l {Second}", $"unbind {First}"], _transport.Calls);
        Assert.Equal(Second, _manager.Listeners["l"]);
    }

    [Fact]
    public async Task Bind_AddressInTheWayOfItself_OldOneGoesFirst()
    {
        await BindAsync("l", AnyAddress);

        Assert.Null(await BindAsync("l", First));
        Assert.Null(await BindAsync("l", AnyAddress));

        Assert.Equal(AnyAddress, _manager.Listeners["l"]);
        Assert.Equal([AnyAddress], _transport.Bound);
        Assert.Equal(0, _manager.BindFailures);
    }

    [Fact]
    public async Task Bind_AddressThatTheMachineDoesNotHave_OldOneStays()
    {
        _transport.Foreign.Add(First);
        await BindAsync("l", AnyAddress);

        Assert.StartsWith($"cannot bind {First}", await BindAsync("l", First), StringComparison.Ordinal);

        Assert.Equal(AnyAddress, _manager.Listeners["l"]);
        Assert.Equal([AnyAddress], _transport.Bound);
    }

    [Fact]
    public async Task Bind_SamePortOfAnotherAddressTaken_OldOneStays()
    {
        var other = IPEndPoint.Parse("10.1.0.6:10001");
        _transport.Taken.Add(other);
        await BindAsync("l", First);

        Assert.NotNull(await BindAsync("l", other));

        Assert.Equal(First, _manager.Listeners["l"]);
    }

    [Fact]
    public async Task Bind_Taken_SaysWhyAndTriesAgainUntilItIsFree()
    {
        _transport.Taken.Add(First);
        Assert.StartsWith($"cannot bind {First}: ", await BindAsync("l", First), StringComparison.Ordinal);
        Assert.Null(_manager.Listeners["l"]);

        _clock.Advance(ListenerManager.RetryInterval);
        await Eventually.TrueAsync(() => _manager.BindFailures == 2);
        _transport.Taken.Clear();
        _clock.Advance(ListenerManager.RetryInterval);

        await Eventually.TrueAsync(() => _manager.Listeners["l"] is not null);
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(3, _transport.Calls.Count);
    }

    [Fact]
    public async Task Bind_TakenAndThenUnwanted_IsNotTriedAgain()
    {
        _transport.Taken.Add(First);
        await BindAsync("l", First);

        await _manager.UnbindAsync("l", CancellationToken.None);
        _clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Single(_transport.Calls);
        Assert.Empty(_manager.Listeners);
    }

    [Fact]
    public async Task Bind_Taken_OtherListenersAreNotDisturbed()
    {
        await BindAsync("good", Second);
        _transport.Taken.Add(First);

        await BindAsync("bad", First);
        _clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(Second, _manager.Listeners["good"]);
        Assert.Single(_transport.Calls, call => call.Contains("good", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Unbind_FreesTheAddress()
    {
        await BindAsync("l", First);

        await _manager.UnbindAsync("l", CancellationToken.None);
        await _manager.UnbindAsync("never seen", CancellationToken.None);

        Assert.Empty(_manager.Listeners);
        Assert.Empty(_transport.Bound);
    }

    [Fact]
    public async Task StopAccepting_ReleasesAllForGood()
    {
        _transport.Taken.Add(IPEndPoint.Parse("10.1.0.5:10003"));
        await BindAsync("l1", First);
        await BindAsync("l2", Second);
        await BindAsync("taken", IPEndPoint.Parse("10.1.0.5:10003"));
        _transport.Taken.Clear();

        await _manager.StopAcceptingAsync(CancellationToken.None);
        Assert.Null(await BindAsync("l3", IPEndPoint.Parse("10.1.0.5:10004")));
        _clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Empty(_transport.Bound);
        Assert.DoesNotContain(_transport.Calls, call => call.Contains("l3", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Dispose_ReleasesAllAndStopsTheRetries()
    {
        _transport.Taken.Add(Second);
        await BindAsync("l1", First);
        await BindAsync("l2", Second);

        await _manager.DisposeAsync();

        Assert.Empty(_transport.Bound);
        Assert.Equal(0, _clock.RunningTimers);
    }

    private ValueTask<string?> BindAsync(string listener, IPEndPoint address) => _manager.BindAsync(listener, address, CancellationToken.None);
}
