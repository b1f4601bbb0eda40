using System.Text.Json.Nodes;
using Zoneway.Xds.Protocol;
using Zoneway.Xds.Translation;

namespace Zoneway.Xds.Files;

/// <summary>
/// Finds the resources in a document of any of the forms that Envoy resources come in: a list <c>resources</c> of resources or of <c>{name, resource}</c> (discovery
/// responses, state of the world and delta, and Kuma's golden files), a map <c>xds</c> by type and name, an Envoy configuration dump, or a single resource.
/// </summary>
internal sealed class EnvoyDocument
{
    private static readonly (string Section, string? Inner, string Resource)[] DumpSections =
    [
        ("static_clusters", null, "cluster"), ("dynamic_active_clusters", null, "cluster"), ("dynamic_warming_clusters", null, "cluster"),
        ("static_listeners", null, "listener"), ("dynamic_listeners", "active_state", "listener"), ("dynamic_listeners", "warming_state", "listener"),
        ("static_endpoint_configs", null, "endpoint_config"), ("dynamic_endpoint_configs", null, "endpoint_config"),
        ("static_secrets", null, "secret"), ("dynamic_active_secrets", null, "secret"),
    ];

    private readonly List<JsonObject> _entries = [];

    private EnvoyDocument()
    {
    }

    /// <summary>The resources, each as <c>{name, resource}</c> with an <c>@type</c> inside the resource.</summary>
    public IReadOnlyList<JsonObject> Entries => _entries;

    /// <summary>What was passed over.</summary>
    public List<IgnoredField> Ignored { get; } = [];

    /// <summary>Why there is nothing to be found; null when the form was recognised.</summary>
    public string? Problem { get; private set; }

    /// <summary>Looks through a document, which must not be used afterwards.</summary>
    public static EnvoyDocument Read(JsonNode? document)
    {
        var result = new EnvoyDocument();
        result.ReadTop(document);
        return result;
    }

    private void ReadTop(JsonNode? document)
    {
        switch (document)
        {
            case null or JsonObject { Count: 0 }:
                break;
            case JsonObject top when top["resources"] is JsonArray resources:
                ReadList(resources);
                break;
            case JsonObject top when top["configs"] is JsonArray configs:
                ReadDump(configs);
                break;
            case JsonObject top when top["xds"] is JsonObject byType:
                ReadMap(byType);
                break;
            case JsonObject top when TypeOf(top) is { } typeUrl:
                Add("", typeUrl, top);
                break;
            default:
                Problem = "neither a list 'resources', a map 'xds', a configuration dump, nor a listener, cluster, load assignment or secret";
                break;
        }
    }

    private void ReadList(JsonArray resources)
    {
        for (var i = 0; i < resources.Count; i++)
        {
            if (resources[i] is JsonObject entry && (entry["resource"] as JsonObject ?? entry) is var resource && TypeOf(resource) is { } typeUrl)
            {
                Add(ReferenceEquals(resource, entry) ? "" : TextOf(entry["name"]) ?? "", typeUrl, resource);
            }
            else
            {
                Ignored.Add(new("", $"resources[{i}]", "not a resource of a known kind"));
            }
        }
    }

    private void ReadMap(JsonObject byType)
    {
        foreach (var (typeUrl, resources) in byType)
        {
            foreach (var (name, resource) in (resources as JsonObject ?? []).ToList())
            {
                if (resource is JsonObject fields)
                {
                    Add(name, typeUrl, fields);
                }
            }
        }
    }

    private void ReadDump(JsonArray configs)
    {
        foreach (var config in configs.OfType<JsonObject>())
        {
            foreach (var (section, inner, name) in DumpSections)
            {
                foreach (var entry in (Field(config, section) as JsonArray ?? []).OfType<JsonObject>())
                {
                    var holder = inner is null ? entry : Field(entry, inner) as JsonObject;
                    if (holder is not null && Field(holder, name) is JsonObject resource && TypeOf(resource) is { } typeUrl)
                    {
                        Add("", typeUrl, resource);
                    }
                }
            }
        }
    }

    private void Add(string name, string typeUrl, JsonObject resource)
    {
        if (TypeUrls.Shared(typeUrl) is null)
        {
            Ignored.Add(new(name, "@type", $"resources of type '{typeUrl}' are not used"));
            return;
        }

        Detach(resource);
        resource["@type"] = typeUrl;
        _entries.Add(new JsonObject { ["name"] = name, ["resource"] = resource });
    }

    // A node has one parent only.
    private static void Detach(JsonObject resource)
    {
        switch (resource.Parent)
        {
            case JsonObject parent:
                parent[resource.GetPropertyName()] = null;
                break;
            case JsonArray parent:
                parent[resource.GetElementIndex()] = null;
                break;
            default:
                break;
        }
    }

    // Files that hold a single resource seldom say what it is.
    private static string? TypeOf(JsonObject resource) =>
        TextOf(resource["@type"])
        ?? (Field(resource, "filter_chains") is not null ? TypeUrls.Listener
        : Field(resource, "cluster_name") is not null ? TypeUrls.ClusterLoadAssignment
        : Field(resource, "tls_certificate") is not null || Field(resource, "validation_context") is not null ? TypeUrls.Secret
        : resource["name"] is not null && Field(resource, "address") is not null ? TypeUrls.Listener
        : resource["name"] is not null && resource["resource"] is null ? TypeUrls.Cluster
        : null);

    // Protobuf's JSON knows a field by both spellings.
    private static JsonNode? Field(JsonObject message, string name) => message[name] ?? message[CamelCase(name)];

    private static string CamelCase(string name)
    {
        var words = name.Split('_');
        return string.Concat(words.Select((word, i) => i == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..]));
    }

    private static string? TextOf(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
