namespace Zoneway.Xds.Resources;

/// <summary>Where the resources of a control plane or of a file go: translated, put in force, and kept as last good. One caller at a time.</summary>
internal interface IResourceSink
{
    /// <summary>Puts in force what is good, quarantines what is not. Never throws on bad content.</summary>
    /// <returns>One error for each thing that is not in force; empty when all is.</returns>
    ValueTask<IReadOnlyList<ResourceError>> ApplyAsync(ResourceChange change, CancellationToken cancellationToken);

    /// <summary>The resources of a type that were received last and not removed since, good or quarantined, with their versions.</summary>
    IReadOnlyCollection<XdsResource> Received(string typeUrl);

    /// <summary>The names of resources of a type that others refer to: endpoints by clusters, secrets by listeners. For types that are not asked for by name, empty.</summary>
    IReadOnlySet<string> Referenced(string typeUrl);
}
