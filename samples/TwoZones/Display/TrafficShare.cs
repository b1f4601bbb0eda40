using Zoneway.TwoZones.Client;

namespace Zoneway.TwoZones.Display;

/// <summary>What one instance has had of a service's requests.</summary>
/// <param name="Instance">The instance.</param>
/// <param name="Requests">Requests since the beginning.</param>
/// <param name="ShareNow">Its part of the last requests, 0 to 1.</param>
internal sealed record TrafficShare(Instance Instance, int Requests, double ShareNow)
{
    // A multiple of every cycle of the script (3, 4, 5), so that a steady split shows as steady numbers.
    private const int RecentRequests = 60;

    /// <summary>A row for each instance that has ever answered, by zone and name.</summary>
    public static IReadOnlyList<TrafficShare> Of(RequestLog log)
    {
        var recent = log.Last(RecentRequests);
        return
        [
            .. log.CountByInstance()
                .Select(pair => new TrafficShare(pair.Key, pair.Value, (double)recent.Count(request => request.Answer == pair.Key) / recent.Count))
                .OrderBy(static row => row.Instance.Zone)
                .ThenBy(static row => row.Instance.Name),
        ];
    }
}
