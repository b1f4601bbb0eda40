using System.Text.Json.Nodes;
using Zoneway.Xds.Protocol;

namespace Zoneway.Xds.Files;

/// <summary>Envoy's <c>/config_dump</c> (envoy.admin.v3.ConfigDump): what a control plane sent, and what the bootstrap held, by section.</summary>
/// <param name="document">Takes what is found.</param>
internal sealed class ConfigDumpReader(EnvoyDocument document)
{
    // What is in use comes before what is still warming: of two versions the first one counts. The static endpoints are not here, for Envoy derives them from the clusters.
    private static readonly (string Section, string[] States, string Resource, string TypeUrl)[] Sections =
    [
        ("staticClusters", [], "cluster", TypeUrls.Cluster),
        ("dynamicActiveClusters", [], "cluster", TypeUrls.Cluster),
        ("dynamicWarmingClusters", [], "cluster", TypeUrls.Cluster),
        ("staticListeners", [], "listener", TypeUrls.Listener),
        ("dynamicListeners", ["activeState", "warmingState"], "listener", TypeUrls.Listener),
        ("dynamicEndpointConfigs", [], "endpointConfig", TypeUrls.ClusterLoadAssignment),
        ("staticSecrets", [], "secret", TypeUrls.Secret),
        ("dynamicActiveSecrets", [], "secret", TypeUrls.Secret),
        ("dynamicWarmingSecrets", [], "secret", TypeUrls.Secret),
    ];

    private static readonly HashSet<string> UsedDumps = new(StringComparer.Ordinal) { "ClustersConfigDump", "ListenersConfigDump", "EndpointsConfigDump", "SecretsConfigDump" };

    private readonly HashSet<(string TypeUrl, string Name)> _seen = [];

    /// <summary>Reads the list <c>configs</c>.</summary>
    public void Read(JsonArray configs)
    {
        for (var i = 0; i < configs.Count; i++)
        {
            var type = configs[i] is JsonObject config ? JsonText.Of(config["@type"]) ?? "" : "";
            if (!UsedDumps.Contains(type[(type.LastIndexOf('.') + 1)..]))
            {
                document.Ignore("", $"configs[{i}]", type.Length == 0 ? "the section does not say what it is" : $"sections of type '{type}' are not used");
                continue;
            }

            foreach (var section in Sections)
            {
                ReadSection((JsonObject)configs[i]!, $"configs[{i}]", section);
            }
        }
    }

    private void ReadSection(JsonObject config, string place, (string Name, string[] States, string Resource, string TypeUrl) section)
    {
        var entries = Field(config, section.Name) as JsonArray ?? [];
        for (var i = 0; i < entries.Count; i++)
        {
            var holder = entries[i] as JsonObject;
            if (holder is not null && section.States.Length > 0)
            {
                holder = section.States.Select(state => Field(holder, state)).OfType<JsonObject>().FirstOrDefault();
            }

            if (holder is not null && Field(holder, section.Resource) is JsonObject resource)
            {
                Add($"{place}.{section.Name}[{i}]", section.TypeUrl, resource);
            }
            else
            {
                document.Ignore("", $"{place}.{section.Name}[{i}]", "there is no resource in it");
            }
        }
    }

    private void Add(string place, string typeUrl, JsonObject resource)
    {
        // Envoy keeps resources in the version of the API that they came in.
        var type = JsonText.Of(resource["@type"]) ?? typeUrl;
        var name = JsonText.Of(typeUrl == TypeUrls.ClusterLoadAssignment ? Field(resource, "clusterName") : resource["name"]) ?? "";
        if (name.Length > 0 && !_seen.Add((type, name)))
        {
            document.Ignore(name, place, "another version of it, the one in use, counts");
            return;
        }

        document.Add(place, "", type, resource);
    }

    // Protobuf's JSON knows a field by both spellings.
    private static JsonNode? Field(JsonObject message, string name) => message[name] ?? message[SnakeCase(name)];

    private static string SnakeCase(string name) => string.Concat(name.Select(letter => char.IsUpper(letter) ? $"_{char.ToLowerInvariant(letter)}" : letter.ToString()));
}
