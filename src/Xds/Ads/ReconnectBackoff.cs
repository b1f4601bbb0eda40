namespace Zoneway.Xds.Ads;

/// <summary>
/// How long to wait before the next stream: exponential with full jitter, a uniform choice between zero and a bound that
/// doubles from <paramref name="first"/> to <paramref name="cap"/>. Envoy's default for a management server; protocol §3.5.
/// </summary>
internal sealed class ReconnectBackoff(TimeSpan first, TimeSpan cap, Random random)
{
    private readonly TimeSpan _first = first;
    private TimeSpan _bound = first;

    /// <summary>The next delay. Each call doubles the bound until the cap.</summary>
    public TimeSpan Next()
    {
        var delay = _bound * random.NextDouble();
        _bound = _bound >= cap / 2 ? cap : _bound * 2;
        return delay;
    }

    /// <summary>The last stream was of use: the bound is the first one again.</summary>
    public void Reset() => _bound = _first;
}
