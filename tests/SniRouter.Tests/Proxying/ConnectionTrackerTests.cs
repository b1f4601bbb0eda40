using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Zoneway.SniRouter.Proxying;
using Zoneway.SniRouter.Telemetry;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.Proxying;

public sealed class ConnectionTrackerTests
{
    [Fact]
    public void TryEnter_Limits_AreExact()
    {
        using var tracker = Tracker(maxConnections: 3, maxSniffing: 2);

        Assert.Null(tracker.TryEnter());
        Assert.Null(tracker.TryEnter());
        Assert.Equal(ConnectionOutcome.SniffingLimit, tracker.TryEnter());
        tracker.Sniffed();
        Assert.Null(tracker.TryEnter());
        Assert.Equal(ConnectionOutcome.ConnectionLimit, tracker.TryEnter());

        Assert.Equal((5L, 3, 2), (tracker.Total, tracker.Active, tracker.Sniffing));
    }

    [Fact]
    public void MaxConnections_NotConfigured_ComesFromTheFileDescriptors()
    {
        using var tracker = Tracker(maxConnections: 0, maxSniffing: 1);

        Assert.InRange(tracker.MaxConnections, 64, 1_000_000);
    }

    [Fact]
    public async Task WaitUntilNone_LastOneLeaves_EveryWaiterGoesOn()
    {
        using var tracker = Tracker(maxConnections: 2, maxSniffing: 2);
        tracker.TryEnter();
        tracker.TryEnter();
        var waiters = new[] { tracker.WaitUntilNoneAsync(CancellationToken.None), tracker.WaitUntilNoneAsync(CancellationToken.None) };

        tracker.Leave();
        Assert.All(waiters, waiter => Assert.False(waiter.IsCompleted));
        tracker.Leave();

        await Task.WhenAll(waiters).WithinLimit();
        Assert.True(tracker.WaitUntilNoneAsync(CancellationToken.None).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task WaitUntilNone_Cancelled_OnlyThisWaiterGivesUp()
    {
        using var tracker = Tracker(maxConnections: 2, maxSniffing: 2);
        tracker.TryEnter();
        using var deadline = new CancellationTokenSource();
        var impatient = tracker.WaitUntilNoneAsync(deadline.Token);
        var patient = tracker.WaitUntilNoneAsync(CancellationToken.None);

        await deadline.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient.WithinLimit());
        Assert.False(patient.IsCompleted);
        tracker.Leave();

        await patient.WithinLimit();
    }

    [Fact]
    public async Task EnterAndLeave_ManyThreads_CountsEndAtZero()
    {
        using var tracker = Tracker(maxConnections: 5, maxSniffing: 3);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 20_000; i++)
            {
                if (tracker.TryEnter() is null)
                {
                    tracker.Sniffed();
                    tracker.Leave();
                }
            }
        })));

        await tracker.WaitUntilNoneAsync(CancellationToken.None).WithinLimit();
        Assert.Equal((160_000L, 0, 0), (tracker.Total, tracker.Active, tracker.Sniffing));
    }

    private static ConnectionTracker Tracker(int maxConnections, int maxSniffing) => new(
        Options.Create(new SniRouterOptions { MaxConnections = maxConnections, MaxSniffingConnections = maxSniffing }), NullLogger<ConnectionTracker>.Instance);
}
