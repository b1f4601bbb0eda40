using Zoneway.TwoZones.Client;
using Zoneway.TwoZones.Script;

namespace Zoneway.TwoZones.Tests.Script;

public sealed class SplitCheckTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly Instance East = new("east", "backend-east-1");
    private static readonly Instance North = new("north", "backend-north-1");

    private readonly RequestLog _log = new();
    private readonly Split _split = new([East, North]);

    [Fact]
    public async Task WaitAsync_TwentyExactCyclesAfterSomeOthers_SaysWhatWasSeen()
    {
        var wait = SplitCheck.WaitAsync(_log, _split, Patience, CancellationToken.None);
        Add(East, times: 5);

        AddCycles(20);

        Assert.Equal("east 20, north 20 of 40 requests, each instance once in every 2", await wait);
    }

    [Fact]
    public async Task WaitAsync_CyclesFromBeforeTheCall_DoNotCount()
    {
        AddCycles(20);

        var wait = SplitCheck.WaitAsync(_log, _split, Patience, CancellationToken.None);
        AddCycles(19);
        Assert.False(wait.IsCompleted);
        AddCycles(1);

        await wait;
    }

    [Fact]
    public async Task WaitAsync_NineteenCyclesAndAFailure_SaysWhatWasSeen()
    {
        var wait = SplitCheck.WaitAsync(_log, _split, TimeSpan.FromMilliseconds(50), CancellationToken.None);
        AddCycles(19);
        Add(East, times: 1);
        _log.Add(new Request(Answer: null, "connect: refused", StartedAt: 0));

        var exception = await Assert.ThrowsAsync<CheckFailedException>(() => wait);

        Assert.Contains("no split 1 : 1", exception.Message, StringComparison.Ordinal);
        Assert.Contains("a request failed: connect: refused", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WaitAsync_Cancelled_Ends()
    {
        using var cancellation = new CancellationTokenSource();
        var wait = SplitCheck.WaitAsync(_log, _split, Patience, cancellation.Token);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
    }

    private void AddCycles(int count)
    {
        for (var i = 0; i < count; i++)
        {
            Add(East, times: 1);
            Add(North, times: 1);
        }
    }

    private void Add(Instance instance, int times)
    {
        for (var i = 0; i < times; i++)
        {
            _log.Add(new Request(instance, Failure: null, StartedAt: 0));
        }
    }
}
