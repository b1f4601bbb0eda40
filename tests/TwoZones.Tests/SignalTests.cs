namespace Zoneway.TwoZones.Tests;

public sealed class SignalTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Signal _signal = new();
    private volatile bool _holds;

    [Fact]
    public async Task WaitAsync_ConditionHoldsAlready_IsTrue()
    {
        _holds = true;

        Assert.True(await _signal.WaitAsync(() => _holds, Patience, CancellationToken.None));
    }

    [Fact]
    public async Task WaitAsync_PulseAfterChange_LooksAgain()
    {
        var wait = _signal.WaitAsync(() => _holds, Patience, CancellationToken.None);
        _signal.Pulse();
        Assert.False(wait.IsCompleted);

        _holds = true;
        _signal.Pulse();

        Assert.True(await wait);
    }

    [Fact]
    public async Task WaitAsync_LimitReached_IsFalse()
    {
        Assert.False(await _signal.WaitAsync(static () => false, TimeSpan.FromMilliseconds(1), CancellationToken.None));
    }

    [Fact]
    public async Task WaitAsync_Cancelled_Throws()
    {
        using var cancellation = new CancellationTokenSource();
        var wait = _signal.WaitAsync(static () => false, Patience, cancellation.Token);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
    }
}
