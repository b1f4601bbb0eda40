namespace Zoneway.SniRouter.Clusters;

/// <summary>How much of the traffic a priority level takes, and whether it ignores health.</summary>
/// <param name="Percent">Share of the traffic; those of all levels add up to 100, or to 0 when there is no endpoint at all.</param>
/// <param name="InPanic">Too few endpoints are healthy: all are used.</param>
internal readonly record struct PriorityLoad(uint Percent, bool InPanic)
{
    /// <summary>
    /// The rule of Envoy's load balancer: a level counts as healthy as its available share times the overprovisioning factor, at most 100 %, and
    /// takes what those before it cannot. When all levels together stay under 100 %, those under the panic threshold use every endpoint; when
    /// all levels are, the traffic is shared by number of endpoints.
    /// </summary>
    public static PriorityLoad[] Compute(UpstreamEndpoint[][] levels, uint overprovisioningFactor, double panicThreshold)
    {
        var health = Array.ConvertAll(levels, level => HealthPercent(level, overprovisioningFactor));
        var total = Math.Min(100, health.Sum(percent => (long)percent));
        var loads = Array.ConvertAll(levels, level => new PriorityLoad(0, total < 100 && Available(level) * 100.0 < panicThreshold * level.Length));
        if (Array.TrueForAll(loads, load => load.InPanic))
        {
            return ByEndpoints(levels, loads);
        }

        var left = 100L;
        for (var i = 0; i < levels.Length && total > 0; i++)
        {
            var percent = (uint)Math.Min(left, health[i] * 100L / total);
            left -= percent;
            loads[i] = loads[i] with { Percent = percent };
        }

        return total == 0 ? loads : WithRemainder(loads, left);
    }

    private static PriorityLoad[] ByEndpoints(UpstreamEndpoint[][] levels, PriorityLoad[] loads)
    {
        var endpoints = levels.Sum(level => (long)level.Length);
        if (endpoints == 0)
        {
            return loads;
        }

        for (var i = 0; i < levels.Length; i++)
        {
            loads[i] = loads[i] with { Percent = (uint)(levels[i].Length * 100L / endpoints) };
        }

        return WithRemainder(loads, 100 - loads.Sum(load => (long)load.Percent));
    }

    private static PriorityLoad[] WithRemainder(PriorityLoad[] loads, long left)
    {
        // What rounding left over goes to the first level that takes any.
        var first = Math.Max(0, Array.FindIndex(loads, load => load.Percent > 0));
        loads[first] = loads[first] with { Percent = loads[first].Percent + (uint)left };
        return loads;
    }

    // In whole numbers, as Envoy does: 29 of 100 are 29 %, which a fraction in binary is not.
    private static uint HealthPercent(UpstreamEndpoint[] level, uint overprovisioningFactor) =>
        level.Length == 0 ? 0 : (uint)Math.Min(100, (long)overprovisioningFactor * Available(level) / level.Length);

    private static int Available(UpstreamEndpoint[] level) => level.Count(endpoint => endpoint.Health != EndpointHealth.Unhealthy);
}
