namespace Zoneway.LoadTest.Load;

/// <summary>When each message of an open loop is due: at equal distances, over all connections in turn.</summary>
internal sealed class OpenLoopSchedule(IReadOnlyList<OpenLoopConnection> connections, double messagesPerSecond)
{
    private readonly double _step = 1e9 / messagesPerSecond;
    private long _startedAt;
    private long _released;

    /// <summary>When the next message is due.</summary>
    public long NextAt => _startedAt + (long)(_released * _step);

    /// <summary>Begins anew: what was late is forgotten.</summary>
    public void StartAt(long now) => (_startedAt, _released) = (now, 0);

    /// <summary>Hands out all messages that are due.</summary>
    public void Release(long now)
    {
        for (; NextAt <= now; _released++)
        {
            connections[(int)(_released % connections.Count)].Release(NextAt);
        }
    }
}
