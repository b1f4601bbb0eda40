namespace Zoneway.Egress.Telemetry;

/// <summary>What is counted of the HTTP of a chain, by the names of Envoy (<c>http.PREFIX.…</c>). Goes on in the chain's next version. Any number of threads.</summary>
internal sealed class ChainStats
{
    private readonly long[] _answers = new long[6];
    private long _requests;
    private long _active;

    /// <summary>downstream_rq_total: requests.</summary>
    public long Requests => Volatile.Read(ref _requests);

    /// <summary>downstream_rq_active: requests not answered yet.</summary>
    public long Active => Volatile.Read(ref _active);

    /// <summary>downstream_rq_xx: answers whose status begins with a digit, 1 to 5.</summary>
    public long Answers(int digit) => Volatile.Read(ref _answers[digit]);

    /// <summary>A request begins.</summary>
    public void Started()
    {
        Interlocked.Increment(ref _requests);
        Interlocked.Increment(ref _active);
    }

    /// <summary>A request is over.</summary>
    /// <param name="status">The status of its answer; 0 when there was none.</param>
    public void Ended(int status)
    {
        Interlocked.Decrement(ref _active);
        Interlocked.Increment(ref _answers[Math.Clamp(status / 100, 0, 5)]);
    }
}
