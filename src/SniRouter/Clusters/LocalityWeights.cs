namespace Zoneway.SniRouter.Clusters;

/// <summary>The weights of the localities of one level as they count now (common_lb_config.locality_weighted_lb_config).</summary>
internal static class LocalityWeights
{
    // As fine as shares are divided when not all endpoints of a locality may be picked.
    private const double Whole = 1_000_000;

    /// <summary>
    /// Envoy's <c>effectiveLocalityWeight</c>: a locality of which only a part may be picked gets as much less of its weight, unless the overprovisioning factor makes up for it.
    /// Without that, the last healthy endpoint of a locality would have to carry the traffic of all.
    /// </summary>
    /// <param name="all">Every endpoint of the level; not empty.</param>
    /// <param name="usable">Those that may be picked.</param>
    /// <param name="assignment">Has the weights.</param>
    /// <returns>The weight of each locality that takes traffic; null where no locality of the level has a weight.</returns>
    public static Dictionary<Locality, uint>? Of(UpstreamEndpoint[] all, UpstreamEndpoint[] usable, LoadAssignment assignment)
    {
        var weights = assignment.Localities.Where(locality => locality.Priority == all[0].Priority && locality.Weight > 0)
            .GroupBy(static locality => locality.Locality).ToDictionary(static group => group.Key, static group => group.Last().Weight);
        if (weights.Count == 0)
        {
            return null;
        }

        if (usable.Length == all.Length)
        {
            return weights;
        }

        var total = all.CountBy(static endpoint => endpoint.Locality).ToDictionary();
        var effective = usable.CountBy(static endpoint => endpoint.Locality).Where(place => weights.ContainsKey(place.Key)).ToDictionary(
            static place => place.Key, place => weights[place.Key] * Math.Min(1, assignment.OverprovisioningFactor / 100.0 * place.Value / total[place.Key]));
        var sum = effective.Values.Sum();
        return effective.ToDictionary(static place => place.Key, place => (uint)Math.Max(1, Math.Round(place.Value / sum * Whole)));
    }
}
