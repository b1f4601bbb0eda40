using System.Collections.Immutable;
using Zoneway.Xds.Translation;

namespace Zoneway.Xds.Resources;

/// <summary>One resource of a <see cref="ResourceSet{T}"/>. Immutable.</summary>
/// <typeparam name="T">The domain record that the resource describes.</typeparam>
internal sealed record ResourceEntry<T>
    where T : class
{
    /// <summary>What was received last.</summary>
    public required XdsResource Resource { get; init; }

    /// <summary>What is in force: of this content, or of the last good one before it; null when nothing is.</summary>
    public required T? InForce { get; init; }

    /// <summary>What is wrong with the content received last.</summary>
    public required IReadOnlyList<ResourceProblem> Problems { get; init; }

    /// <summary>What of it has no effect.</summary>
    public required IReadOnlyList<IgnoredField> Ignored { get; init; }

    /// <summary>What the content received last refers to.</summary>
    public required References Received { get; init; }

    /// <summary>What the content in force refers to.</summary>
    public required References Serving { get; init; }

    /// <summary>Names of the assignments that are asked for because of it.</summary>
    public IEnumerable<string> Assignments => Received.Assignments.Union(Serving.Assignments, StringComparer.Ordinal);

    /// <summary>Names of the secrets that are asked for because of it.</summary>
    public IEnumerable<string> Secrets => Received.Secrets.Union(Serving.Secrets, StringComparer.Ordinal);

    /// <summary>The entry for a new content.</summary>
    public static ResourceEntry<T> From(XdsResource resource, TranslationResult<T> result, ResourceEntry<T>? previous)
    {
        var received = References.Of(result.Assignment, result.Secrets);
        var lastGood = result.Config is null && result.Errors.Count > 0 ? previous : null;
        return new ResourceEntry<T>
        {
            Resource = resource,
            InForce = lastGood is null ? result.Config : lastGood.InForce,
            Problems = ResourceProblem.From(resource, result.Errors),
            Ignored = result.Ignored.Count == 0 ? [] : result.Ignored,
            Received = received,
            Serving = lastGood is null ? received : lastGood.InForce is null ? References.None : lastGood.Serving,
        };
    }
}

/// <summary>Names of other resources that a content refers to.</summary>
/// <param name="Assignments">Of assignments.</param>
/// <param name="Secrets">Of secrets.</param>
internal sealed record References(ImmutableArray<string> Assignments, ImmutableArray<string> Secrets)
{
    /// <summary>To nothing.</summary>
    public static References None { get; } = new([], []);

    /// <summary>To an assignment, if there is one, and to secrets.</summary>
    public static References Of(string? assignment, ImmutableArray<string> secrets) =>
        assignment is null && secrets.IsEmpty ? None : new(assignment is null ? [] : [assignment], secrets);
}

/// <summary>What a change of resources means.</summary>
/// <typeparam name="T">The domain record that the resources describe.</typeparam>
internal sealed class ResourceSetChange<T>
{
    /// <summary>Records to put in force.</summary>
    public List<T> Changed { get; } = [];

    /// <summary>Names of what must no longer be in force.</summary>
    public List<string> Removed { get; } = [];

    /// <summary>The problems of all resources of the change, of unchanged ones too.</summary>
    public List<ResourceProblem> Problems { get; } = [];

    /// <summary>The fields without effect of resources that are new or changed.</summary>
    public List<IgnoredField> Ignored { get; } = [];

    /// <summary>References to assignments and secrets that are new, and those that ended; a name can be in both.</summary>
    public (List<string> Added, List<string> Removed) Assignments { get; } = ([], []);

    /// <summary>As <see cref="Assignments"/>, for secrets.</summary>
    public (List<string> Added, List<string> Removed) Secrets { get; } = ([], []);

    /// <summary>Number of resources that are new or changed.</summary>
    public int UpdatedCount { get; set; }

    /// <summary>Number of resources sent again as they were.</summary>
    public int UnchangedCount { get; set; }

    /// <summary>Number of resources that are gone.</summary>
    public int RemovedCount { get; set; }

    /// <summary>Notes what an entry refers to.</summary>
    public void AddReferences<TConfig>(ResourceEntry<TConfig> entry)
        where TConfig : class
    {
        Assignments.Added.AddRange(entry.Assignments);
        Secrets.Added.AddRange(entry.Secrets);
    }

    /// <summary>Notes what an entry referred to.</summary>
    public void RemoveReferences<TConfig>(ResourceEntry<TConfig>? entry)
        where TConfig : class
    {
        if (entry is not null)
        {
            Assignments.Removed.AddRange(entry.Assignments);
            Secrets.Removed.AddRange(entry.Secrets);
        }
    }
}
