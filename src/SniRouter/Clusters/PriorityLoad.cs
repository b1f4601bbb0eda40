namespace Zoneway.SniRouter.Clusters;

/// <summary>How much of the traffic a priority level takes, and whether it ignores health.</summary>
/// <param name="Percent">Share of the traffic; those of all levels add up to 100, or to 0 when there is no endpoint at all.</param>
/// <param name="InPanic">Too few endpoints are healthy: all are used.</param>
internal readonly record struct PriorityLoad(uint Percent, bool InPanic)
{
    /// <summary>
    /// The rule of Envoy's load balancer: a level counts as healthy as its healthy share times the overprovisioning factor, at most 100 %, and
    /// takes what those before it cannot. When all levels together stay under 100 %, those under the panic threshold use every endpoint.
    /// </summary>
    public static PriorityLoad[] Compute(UpstreamEndpoint[][] levels, uint overprovisioningFactor, double panicThreshold)
    {
        var health = Array.ConvertAll(levels, level => HealthPercent(level, overprovisioningFactor));
        var total = Math.Min(100, health.Sum(percent => (long)percent));
        var loads = new PriorityLoad[levels.Length];
        if (total == 0)
        {
            return AllInPanic(levels, panicThreshold, loads);
        }

        var left = 100L;
        for (var i = 0; i < levels.Length; i++)
        {
            var percent = (uint)Math.Min(left, health[i] * 100L / total);
            left -= percent;
            loads[i] = new(percent, total < 100 && AvailableShare(levels[i]) * 100 < panicThreshold);
        }

        // What rounding left over goes to the first level that takes any.
        var first = Array.FindIndex(loads, load => load.Percent > 0);
        loads[first] = loads[first] with { Percent = loads[first].Percent + (uint)left };
        return loads;
    }

    private static PriorityLoad[] AllInPanic(UpstreamEndpoint[][] levels, double panicThreshold, PriorityLoad[] loads)
    {
        var first = Array.FindIndex(levels, level => level.Length > 0);
        if (first >= 0 && panicThreshold > 0)
        {
            loads[first] = new(100, InPanic: true);
        }

        return loads;
    }

    private static uint HealthPercent(UpstreamEndpoint[] level, uint overprovisioningFactor) =>
        (uint)Math.Min(100, AvailableShare(level) * overprovisioningFactor);

    private static double AvailableShare(UpstreamEndpoint[] level) =>
        level.Length == 0 ? 0 : level.Count(endpoint => endpoint.Config.Health != EndpointHealth.Unhealthy) / (double)level.Length;
}
