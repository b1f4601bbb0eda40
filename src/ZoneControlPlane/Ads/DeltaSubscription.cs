using Envoy.Service.Discovery.V3;

namespace Zoneway.ZoneControlPlane.Ads;

/// <summary>What a client follows of one type and which versions it was given. Used by one task.</summary>
internal sealed class DeltaSubscription
{
    private const string Wildcard = "*";

    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _delivered;
    private readonly HashSet<string> _kept;
    private readonly bool _isByName;
    private bool _isWildcard;
    private bool _isFirst = true;

    /// <summary>Begins a subscription with a stream's first request for the type; without names it follows everything.</summary>
    /// <param name="first">The request.</param>
    /// <param name="isByName">The type is only ever sent by name: without names it follows nothing.</param>
    public DeltaSubscription(DeltaDiscoveryRequest first, bool isByName = false)
    {
        _isByName = isByName;
        _delivered = new Dictionary<string, string>(first.InitialResourceVersions, StringComparer.Ordinal);
        _kept = isByName ? [.. first.InitialResourceVersions.Keys] : [];
        _isWildcard = first.ResourceNamesSubscribe.Count == 0 && !isByName;
        foreach (var name in first.ResourceNamesSubscribe)
        {
            Add(name);
        }

        Remove(first.ResourceNamesUnsubscribe);
    }

    /// <summary>Whether the client has replied to the last answer, so that another may be sent.</summary>
    public bool IsOpen { get; set; }

    /// <summary>Names held for the client.</summary>
    public int NameCount => _names.Count + _delivered.Count;

    /// <summary>Takes in the names of a later request. A resource asked for again is sent again, whatever was delivered before.</summary>
    public void Change(IEnumerable<string> subscribe, IEnumerable<string> unsubscribe)
    {
        foreach (var name in subscribe)
        {
            Add(name);
            _delivered.Remove(name);
        }

        Remove(unsubscribe);
    }

    /// <summary>Makes a resource due again although the client has it.</summary>
    public void Forget(string name)
    {
        if (_delivered.ContainsKey(name))
        {
            _delivered[name] = "";
        }
    }

    /// <summary>
    /// What the client lacks and what it has too much, which counts as delivered from here on; null when there is nothing to say.
    /// The first answer to a subscription of everything is sent even when it is empty. What a client keeps by name from an earlier stream is
    /// not taken away: a control plane that has just started and cannot read a CA must not make a proxy drop a certificate that is good.
    /// </summary>
    public DeltaDifference? TakeDifference(TypedResources resources)
    {
        var changed = Followed(resources).Where(resource => _delivered.GetValueOrDefault(resource.Name) != resource.Version).ToList();
        var removed = _delivered.Keys.Where(name => !resources.Items.ContainsKey(name) && !_kept.Contains(name)).ToList();
        var isDue = changed.Count > 0 || removed.Count > 0 || (_isFirst && _isWildcard);
        if (!isDue)
        {
            return null;
        }

        _isFirst = false;
        changed.ForEach(resource => _delivered[resource.Name] = resource.Version);
        _kept.ExceptWith(changed.Select(static resource => resource.Name));
        removed.ForEach(name => _delivered.Remove(name));
        return new DeltaDifference(changed, removed);
    }

    private IEnumerable<VersionedResource> Followed(TypedResources resources)
    {
        var names = _isWildcard ? resources.Items.Keys : _names.Where(resources.Items.ContainsKey);
        return names.Order(StringComparer.Ordinal).Select(name => resources.Items[name]);
    }

    private void Add(string name)
    {
        if (name == Wildcard)
        {
            _isWildcard = !_isByName;
        }
        else
        {
            _names.Add(name);
        }
    }

    // A name given up under a wildcard is still followed; xDS protocol: the server says once more what it is.
    private void Remove(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            if (name == Wildcard)
            {
                _isWildcard = false;
                _delivered.Keys.Where(delivered => !_names.Contains(delivered)).ToList().ForEach(delivered => _delivered.Remove(delivered));
            }

            _names.Remove(name);
            _delivered.Remove(name);
        }
    }
}

/// <summary>Content of a delta answer.</summary>
/// <param name="Changed">Resources that are new or different, by name.</param>
/// <param name="Removed">Names that are gone.</param>
internal sealed record DeltaDifference(IReadOnlyList<VersionedResource> Changed, IReadOnlyList<string> Removed);
