using Zoneway.SniRouter.Clusters;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.Clusters;

public sealed class CircuitBreakerTests
{
    private readonly CircuitBreaker _breaker = new();

    [Fact]
    public void TryConnect_Full_TakesNothingAndSaysWhat()
    {
        var limits = new CircuitBreakerConfig { MaxConnections = 2, MaxPendingRequests = 1 };
        var first = _breaker.TryConnect(limits, out _);

        Assert.Equal(CircuitBreakerHold.None, _breaker.TryConnect(limits, out var full));
        Assert.Equal(CircuitBreakerHold.Pending, full);
        _breaker.Connected(ref first);
        var second = _breaker.TryConnect(limits, out _);
        Assert.Equal(CircuitBreakerHold.None, _breaker.TryConnect(limits, out full));
        Assert.Equal(CircuitBreakerHold.Connection, full);
        Assert.Equal((2u, 1u), (_breaker.Connections, _breaker.Pending));

        _breaker.Release(ref first);
        _breaker.Release(ref second);
        _breaker.Release(ref second);
        Assert.Equal((0u, 0u, 0u), (_breaker.Connections, _breaker.Pending, _breaker.Retries));
    }

    [Fact]
    public void TryRetry_OnePlacePerConnection_UntilItIsOpen()
    {
        var limits = new CircuitBreakerConfig { MaxRetries = 1 };
        var first = _breaker.TryConnect(limits, out _);
        var second = _breaker.TryConnect(limits, out _);

        Assert.True(_breaker.TryRetry(limits, ref first));
        Assert.True(_breaker.TryRetry(limits, ref first));
        Assert.False(_breaker.TryRetry(limits, ref second));
        _breaker.Connected(ref first);
        Assert.True(_breaker.TryRetry(limits, ref second));
        Assert.Equal((2u, 1u, 1u), (_breaker.Connections, _breaker.Pending, _breaker.Retries));
    }

    [Fact]
    public void TryRequest_AsManyAsTheLimit_UntilOneIsReleased()
    {
        var limits = new CircuitBreakerConfig { MaxRequests = 1 };
        var first = CircuitBreakerHold.None;
        var second = CircuitBreakerHold.None;

        Assert.True(_breaker.TryRequest(limits, ref first));
        Assert.False(_breaker.TryRequest(limits, ref second));
        _breaker.Release(ref second);
        Assert.Equal(1u, _breaker.Requests);
        _breaker.Release(ref first);
        Assert.True(_breaker.TryRequest(limits, ref second));
    }

    [Fact]
    public void TakeFirstOverflow_IsTrueOnce()
    {
        Assert.True(_breaker.TakeFirstOverflow());
        Assert.False(_breaker.TakeFirstOverflow());
    }

    [Fact]
    public async Task TryConnect_ManyThreads_NeverAboveALimitAndNothingLeaks()
    {
        const int Threads = 8;
        const int Rounds = 20_000;
        var limits = new CircuitBreakerConfig { MaxConnections = 3, MaxPendingRequests = 2, MaxRetries = 1 };
        var worst = new int[3];
        var inUse = new int[3];
        var taken = 0;
        var threads = Enumerable.Range(0, Threads).Select(_ => Task.Factory.StartNew(Work, TaskCreationOptions.LongRunning)).ToArray();

        await Task.WhenAll(threads).WithinLimit();

        // The counts beside the breaker are raised after a place is taken and lowered before it is given back: they can only be too low.
        Assert.InRange(worst[0], 1, 3);
        Assert.InRange(worst[1], 1, 2);
        Assert.InRange(worst[2], 0, 1);
        Assert.True(taken > 0);
        Assert.Equal((0u, 0u, 0u), (_breaker.Connections, _breaker.Pending, _breaker.Retries));

        void Work()
        {
            for (int round = 0; round < Rounds; round++)
            {
                var held = _breaker.TryConnect(limits, out var full);
                if (held == CircuitBreakerHold.None)
                {
                    Assert.NotEqual(CircuitBreakerHold.None, full);
                    continue;
                }

                Interlocked.Increment(ref taken);
                Raise(0);
                Raise(1);
                if (_breaker.TryRetry(limits, ref held))
                {
                    Raise(2);
                    Interlocked.Decrement(ref inUse[2]);
                }

                Interlocked.Decrement(ref inUse[1]);
                _breaker.Connected(ref held);
                Interlocked.Decrement(ref inUse[0]);
                _breaker.Release(ref held);
            }
        }

        void Raise(int what)
        {
            var now = Interlocked.Increment(ref inUse[what]);
            int seen;
            while (now > (seen = Volatile.Read(ref worst[what])))
            {
                Interlocked.CompareExchange(ref worst[what], now, seen);
            }
        }
    }
}
