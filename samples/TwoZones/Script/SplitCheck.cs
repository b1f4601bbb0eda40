using Zoneway.TwoZones.Client;

namespace Zoneway.TwoZones.Script;

/// <summary>Waits until the requests to a service spread as they must.</summary>
internal static class SplitCheck
{
    private const int Cycles = 10;

    /// <summary>Longest time that an update may take to arrive everywhere and show in this many cycles.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    /// <summary>Waits for ten full cycles in a row, from requests made after this call, that are exact without any exception.</summary>
    /// <returns>What was seen.</returns>
    /// <exception cref="CheckFailedException">It did not happen in time.</exception>
    public static async Task<string> WaitAsync(RequestLog log, Split split, CancellationToken cancellation)
    {
        var begin = log.Count;
        var window = Cycles * split.CycleLength;
        IReadOnlyList<Request> Seen() => log.Last(window, after: begin);
        bool IsExact() => Seen() is { } seen && seen.Count == window && split.FindDeviation(seen) is null;

        if (!await log.Changed.WaitAsync(IsExact, Limit, cancellation))
        {
            throw new CheckFailedException($"no split {split} within {Limit.TotalSeconds} s: {split.FindDeviation(Seen())}");
        }

        return $"{string.Join(", ", split.Zones.Select(zone => $"{zone.Name} {zone.Share * Cycles}"))} of {window} requests, each instance once in every {split.CycleLength}";
    }
}
