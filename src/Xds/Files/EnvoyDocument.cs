using System.Text.Json.Nodes;
using Zoneway.Xds.Protocol;
using Zoneway.Xds.Translation;

namespace Zoneway.Xds.Files;

/// <summary>
/// Finds the resources in a document of any of the forms that Envoy resources come in: a list <c>resources</c> of resources or of <c>{name, resource}</c> (discovery
/// responses, state of the world and delta, and Kuma's golden files), a map by type or kind, an Envoy configuration dump, or a single resource.
/// </summary>
internal sealed class EnvoyDocument
{
    /// <summary>Most complaints, and most notes, kept of one document.</summary>
    public const int MaxNotes = 1000;

    private readonly List<EnvoyEntry> _entries = [];

    private EnvoyDocument()
    {
    }

    /// <summary>The resources of the types that a zone proxy uses.</summary>
    public IReadOnlyList<EnvoyEntry> Entries => _entries;

    /// <summary>What was passed over.</summary>
    public List<IgnoredField> Ignored { get; } = [];

    /// <summary>Entries that are no resources.</summary>
    public List<FileProblem> Problems { get; } = [];

    /// <summary>Why there is nothing to be found; null when the form was recognised.</summary>
    public string? Unreadable { get; private set; }

    /// <summary>Looks through a document. An empty one has no resources, as a control plane's answer may have none.</summary>
    public static EnvoyDocument Read(JsonNode? document)
    {
        var result = new EnvoyDocument();
        result.ReadTop(document);
        return result;
    }

    /// <summary>Adds a resource that is there; one of a type that is not used is passed over.</summary>
    internal void Add(string place, string name, string typeUrl, JsonObject resource)
    {
        if (TypeUrls.Shared(typeUrl) is { } known)
        {
            _entries.Add(new EnvoyEntry(place, name, known, resource));
        }
        else
        {
            Ignore(name.Length > 0 ? name : JsonText.Of(resource["name"]) ?? "", place, $"resources of type '{typeUrl}' are not used");
        }
    }

    internal void Ignore(string resource, string field, string why)
    {
        if (Ignored.Count < MaxNotes)
        {
            Ignored.Add(new(resource, field, why));
        }
    }

    private void ReadTop(JsonNode? document)
    {
        switch (document)
        {
            case null or JsonObject { Count: 0 }:
                break;
            case JsonObject top when top.TryGetPropertyValue("resources", out var resources) && (resources is null or JsonArray || IsMap(resources)):
                ReadResources(top, resources);
                break;
            case JsonObject top when top["configs"] is JsonArray configs:
                new ConfigDumpReader(this).Read(configs);
                break;
            case JsonObject top when top["xds"] is JsonObject byType:
                ReadMap(byType, "xds");
                break;
            case JsonObject top when ResourceKinds.Of(top) is { } typeUrl:
                Add("the document", "", typeUrl, top);
                break;
            case JsonObject top when IsMap(top):
                ReadMap(top, "");
                break;
            default:
                Unreadable = "no Envoy resources: neither a list or map 'resources', a map 'xds', a configuration dump, nor a listener, cluster, load assignment or secret";
                break;
        }
    }

    // By kind, or by name if each says what it is.
    private static bool IsMap(JsonNode node) => node is JsonObject map && map.All(pair => ResourceKinds.OfKey(pair.Key) is null
        ? pair.Value is JsonObject entry && JsonText.Of((entry["resource"] as JsonObject ?? entry)["@type"]) is not null
        : pair.Value is null or JsonArray or JsonObject);

    private void ReadResources(JsonObject top, JsonNode? resources)
    {
        if ((top["removedResources"] ?? top["removed_resources"]) is JsonArray { Count: > 0 } removed)
        {
            Ignore("", "removedResources", $"{removed.Count} resources that go: there is nothing for them to go from");
        }

        if (resources is JsonArray list)
        {
            ReadList(list, "resources", typeUrl: null);
        }
        else
        {
            ReadMap(resources as JsonObject ?? [], "resources");
        }
    }

    private void ReadList(JsonArray resources, string place, string? typeUrl)
    {
        for (var i = 0; i < resources.Count; i++)
        {
            ReadEntry(resources[i], $"{place}[{i}]", "", typeUrl);
        }
    }

    // By type URL or kind; within each a list, or a map by name.
    private void ReadMap(JsonObject byKind, string place)
    {
        foreach (var (kind, resources) in byKind)
        {
            var inside = place.Length == 0 ? kind : $"{place}.{kind}";
            if (ResourceKinds.OfKey(kind) is not { } typeUrl)
            {
                // A map of resources by their names, each with its type.
                ReadEntry(resources, inside, kind, typeUrl: null);
            }
            else if (resources is JsonArray list)
            {
                ReadList(list, inside, typeUrl);
            }
            else
            {
                foreach (var (name, resource) in resources as JsonObject ?? [])
                {
                    ReadEntry(resource, $"{inside}.{name}", name, typeUrl);
                }
            }
        }
    }

    private void ReadEntry(JsonNode? node, string place, string name, string? typeUrl)
    {
        if (node is JsonObject entry && (entry["resource"] as JsonObject ?? entry) is var resource && (JsonText.Of(resource["@type"]) ?? typeUrl ?? ResourceKinds.Of(resource)) is { } type)
        {
            Add(place, ReferenceEquals(resource, entry) ? name : JsonText.Of(entry["name"]) ?? name, type, resource);
        }
        else if (Problems.Count < MaxNotes)
        {
            Problems.Add(new FileProblem(place, name, "", "a resource with '@type' is needed"));
        }
    }
}

/// <summary>A resource in a document.</summary>
/// <param name="Place">Where it is.</param>
/// <param name="Name">The name it is given around it; empty when there is none.</param>
/// <param name="TypeUrl">Its type.</param>
/// <param name="Resource">Its fields, with or without an <c>@type</c>.</param>
internal sealed record EnvoyEntry(string Place, string Name, string TypeUrl, JsonObject Resource);
