using Zoneway.TwoZones.Client;

namespace Zoneway.TwoZones.Script;

/// <summary>How requests must spread over instances: in every full cycle each instance answers once, and so each zone answers as often as it has instances.</summary>
internal sealed class Split
{
    private readonly HashSet<Instance> _instances;

    /// <param name="instances">All instances; the order of their zones is that of <see cref="ToString"/>.</param>
    public Split(IEnumerable<Instance> instances)
    {
        _instances = [.. instances];
        Zones = [.. _instances.GroupBy(static instance => instance.Zone).Select(static zone => (zone.Key, zone.Count()))];
    }

    /// <summary>The zones and how many requests of a cycle each answers.</summary>
    public IReadOnlyList<(string Name, int Share)> Zones { get; }

    /// <summary>Requests in a full cycle.</summary>
    public int CycleLength => _instances.Count;

    /// <summary>Compares requests, cycle by cycle, with what they must be.</summary>
    /// <param name="requests">Full cycles, in the order in which the requests were made.</param>
    /// <returns>The first difference, in words; null when every cycle is exact.</returns>
    public string? FindDeviation(IReadOnlyList<Request> requests)
    {
        if (requests.Count == 0 || requests.Count % CycleLength != 0)
        {
            return $"{requests.Count} requests are no full cycles of {CycleLength}";
        }

        return requests.Chunk(CycleLength).Select(FindDeviationInCycle).FirstOrDefault(static deviation => deviation is not null);
    }

    /// <summary>The proportion, such as <c>2 : 1</c>.</summary>
    public override string ToString() => string.Join(" : ", Zones.Select(static zone => zone.Share));

    private string? FindDeviationInCycle(Request[] cycle)
    {
        if (cycle.FirstOrDefault(static request => request.Answer is null) is { } failed)
        {
            return $"a request failed: {failed.Failure}";
        }

        var isExact = _instances.SetEquals(cycle.Select(static request => request.Answer!));
        return isExact ? null : $"{CycleLength} requests in a row went to {string.Join(", ", cycle.Select(static request => request.Answer))}";
    }
}
