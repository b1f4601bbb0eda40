using System.Collections.Immutable;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Zoneway.Xds.Files;
using Zoneway.Xds.Protocol;

namespace Zoneway.TestUtilities.Kuma;

/// <summary>The resources generated for one proxy: by type URL, then by name. Immutable.</summary>
internal sealed class KumaResources
{
    public static readonly KumaResources Empty = new(ImmutableDictionary<string, ImmutableSortedDictionary<string, Any>>.Empty);

    private static readonly ImmutableSortedDictionary<string, Any> None = ImmutableSortedDictionary.Create<string, Any>(StringComparer.Ordinal);

    private readonly ImmutableDictionary<string, ImmutableSortedDictionary<string, Any>> _types;

    private KumaResources(ImmutableDictionary<string, ImmutableSortedDictionary<string, Any>> types) => _types = types;

    /// <summary>The types in the order of §3.3 rule 8: clusters, endpoints, listeners, secrets.</summary>
    public static IReadOnlyList<string> Order { get; } = [TypeUrls.Cluster, TypeUrls.ClusterLoadAssignment, TypeUrls.Listener, TypeUrls.Secret];

    /// <summary>The resources of a type by name.</summary>
    public ImmutableSortedDictionary<string, Any> this[string typeUrl] => _types.GetValueOrDefault(typeUrl, None);

    /// <summary>Reads a resource file, such as Kuma's golden files.</summary>
    public static KumaResources Parse(string yaml)
    {
        var file = EnvoyResourceFile.Parse(yaml);
        return file.Problems.Count == 0
            ? file.Resources.Aggregate(Empty, static (all, resource) => all.With(resource.Body!.TypeUrl, resource.Name, resource.Body))
            : throw new ArgumentException(string.Join("; ", file.Problems), nameof(yaml));
    }

    /// <summary>Adds or replaces a resource.</summary>
    public KumaResources With(string name, IMessage resource)
    {
        var body = Any.Pack(resource);
        return With(body.TypeUrl, name, body);
    }

    /// <summary>Adds or replaces many resources of one type.</summary>
    public KumaResources With(IEnumerable<(string Name, IMessage Resource)> resources)
    {
        var bodies = resources.Select(static entry => KeyValuePair.Create(entry.Name, Any.Pack(entry.Resource))).ToList();
        return bodies is [var first, ..] ? new(_types.SetItem(first.Value.TypeUrl, this[first.Value.TypeUrl].SetItems(bodies))) : this;
    }

    private KumaResources With(string typeUrl, string name, Any body) => new(_types.SetItem(typeUrl, this[typeUrl].SetItem(name, body)));
}
