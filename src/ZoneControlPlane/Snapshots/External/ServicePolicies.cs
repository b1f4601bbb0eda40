using System.Collections.Immutable;
using Zoneway.ZoneControlPlane.Catalog;
using Zoneway.ZoneControlPlane.Resources;

namespace Zoneway.ZoneControlPlane.Snapshots.External;

/// <summary>Finds the limits and faults of an ExternalService. Protocol §8.</summary>
internal static class ServicePolicies
{
    /// <summary>What the limits that select a service say together.</summary>
    public static RateLimit LimitOf(ZoneCatalog catalog, string mesh, TagSet tags) =>
        Selecting(catalog.RateLimitsOf(mesh), static policy => policy.Target, tags)
            .SelectMany(static policy => policy.Limits)
            .Aggregate(RateLimit.None, static (limit, later) => limit.With(later));

    /// <summary>The faults of a service with the sources that have them, each source with the last entry that fits it.</summary>
    public static ImmutableArray<SelectedFaults> FaultsOf(ZoneCatalog catalog, string mesh, TagSet tags)
    {
        var entries = Selecting(catalog.FaultInjectionsOf(mesh), static policy => policy.Target, tags).SelectMany(static policy => policy.From).ToList();
        var selected = ImmutableArray.CreateBuilder<SelectedFaults>();
        for (var index = 0; index < entries.Count; index++)
        {
            var (source, faults) = entries[index];
            var later = entries.Skip(index + 1).Select(static entry => entry.Source.Tags).ToList();
            if (!later.Exists(exception => exception.IsSubsetOf(source.Tags)))
            {
                selected.Add(new SelectedFaults(source.Tags, [.. later.Where(exception => !exception.Contradicts(source.Tags)).Distinct()], faults));
            }
        }

        return selected.ToImmutable();
    }

    // The more specific kind of targetRef comes later, and among equals the name that is first.
    private static IEnumerable<T> Selecting<T>(IEnumerable<T> policies, Func<T, TargetRef?> targetOf, TagSet tags)
        where T : Resource => policies
            .Where(policy => targetOf(policy) is { } target && target.Tags.IsSubsetOf(tags))
            .OrderBy(policy => targetOf(policy)!.Rank)
            .ThenByDescending(static policy => policy.Name, StringComparer.Ordinal);
}

/// <summary>Faults of some clients.</summary>
/// <param name="Source">Tags of the clients.</param>
/// <param name="Exceptions">Tags of those among them who have other faults, or none.</param>
/// <param name="Faults">The faults.</param>
internal sealed record SelectedFaults(TagSet Source, ImmutableArray<TagSet> Exceptions, ImmutableArray<Fault> Faults);
