using Zoneway.TwoZones.Client;

namespace Zoneway.TwoZones.Script;

/// <summary>Waits until the requests to a service spread as they must.</summary>
internal static class SplitCheck
{
    private const int Cycles = 20;

    /// <summary>Waits for twenty full cycles in a row, from requests made after this call, that are exact without any exception.</summary>
    /// <param name="log">The requests.</param>
    /// <param name="split">How they must spread.</param>
    /// <param name="limit">Longest time to wait: for the update to arrive everywhere, and for the cycles.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>What was seen.</returns>
    /// <exception cref="CheckFailedException">It did not happen in time.</exception>
    public static async Task<string> WaitAsync(RequestLog log, Split split, TimeSpan limit, CancellationToken cancellation)
    {
        var begin = log.Count;
        var window = Cycles * split.CycleLength;
        IReadOnlyList<Request> Seen() => log.Last(window, after: begin);
        bool IsExact() => Seen() is { } seen && seen.Count == window && split.FindDeviation(seen) is null;

        if (!await log.Changed.WaitAsync(IsExact, limit, cancellation))
        {
            throw new CheckFailedException($"no split {split} within {limit.TotalSeconds} s: {split.FindDeviation(Seen())}");
        }

        return $"{string.Join(", ", split.Zones.Select(zone => $"{zone.Name} {zone.Share * Cycles}"))} of {window} requests, each instance once in every {split.CycleLength}";
    }
}
