using System.Text.Json.Nodes;
using Zoneway.MutualTls;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Routing;
using Zoneway.TestUtilities;
using Zoneway.Xds.Files;
using Zoneway.Xds.Protocol;
using Zoneway.Xds.Resources;
using Zoneway.Xds.Translation;

namespace Zoneway.Xds.Tests.Translation;

/// <summary>One file of Kuma's xDS fixtures, read and translated the way the resources of a control plane are.</summary>
internal sealed class KumaFixture
{
    private const string Redacted = "192.0.2.1";

    private KumaFixture(IEnumerable<XdsResource> resources)
    {
        foreach (var resource in resources)
        {
            switch (resource.TypeUrl)
            {
                case TypeUrls.Listener:
                    Listeners.Add(ListenerTranslator.Translate(resource));
                    break;
                case TypeUrls.Cluster:
                    Clusters.Add(ClusterTranslator.Translate(resource));
                    break;
                case TypeUrls.ClusterLoadAssignment:
                    Assignments.Add(EndpointTranslator.Translate(resource));
                    break;
                default:
                    Secrets.Add(SecretTranslator.Translate(resource));
                    break;
            }
        }
    }

    public List<TranslationResult<ListenerConfig>> Listeners { get; } = [];

    public List<TranslationResult<ClusterConfig>> Clusters { get; } = [];

    public List<TranslationResult<LoadAssignment>> Assignments { get; } = [];

    public List<TranslationResult<LoadedSecret>> Secrets { get; } = [];

    public IEnumerable<TranslationError> Rejected =>
        [.. Listeners.SelectMany(result => result.Errors), .. Clusters.SelectMany(result => result.Errors), .. Assignments.SelectMany(result => result.Errors), .. Secrets.SelectMany(result => result.Errors)];

    public IEnumerable<IgnoredField> Ignored =>
        [.. Listeners.SelectMany(result => result.Ignored), .. Clusters.SelectMany(result => result.Ignored), .. Assignments.SelectMany(result => result.Ignored), .. Secrets.SelectMany(result => result.Ignored)];

    /// <summary>The paths of all files of xDS, below the folder of the fixtures.</summary>
    public static IEnumerable<string> Files()
    {
        var root = Fixtures.Path("kuma");
        string[] folders = ["admin", "e2e-zoneproxies", "mesh-scoped-zone-proxy-xds", "policies", "secrets", "zone-egress-xds", "zone-ingress-xds"];
        return Directory.EnumerateFiles(root, "*.golden.*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(root, path).Replace('\\', '/'))
            .Where(path => folders.Contains(path.Split('/')[1], StringComparer.Ordinal))
            .Order(StringComparer.Ordinal);
    }

    /// <summary>Reads a file by its path below the folder of the fixtures.</summary>
    public static KumaFixture Read(string path) => new(Resources(path));

    public ListenerConfig Listener(string name) => Assert.Single(Listeners, result => result.Config?.Name == name).Config!;

    public TranslationResult<ClusterConfig> Cluster(string name) => Assert.Single(Clusters, result => result.Config?.Name == name);

    public LoadAssignment Assignment(string name) => Assert.Single(Assignments, result => result.Config?.ClusterName == name).Config!;

    private static IEnumerable<XdsResource> Resources(string path)
    {
        var document = YamlToJson.Parse(File.ReadAllText(Fixtures.Path($"kuma/{path}")))!.AsObject();
        Unredact(document);
        foreach (var (typeUrl, resource) in Messages(document, path))
        {
            // Goldens of unit tests repeat names, so that each resource has a reader of its own.
            var reader = new EnvoyResourceReader();
            resource["@type"] = typeUrl;
            reader.Read(new JsonObject { ["resource"] = resource.DeepClone() }, 0);
            Assert.True(reader.Problems.Count == 0, $"{path}: {string.Join("; ", reader.Problems)}");
            yield return Assert.Single(reader.Resources);
        }
    }

    private static IEnumerable<(string TypeUrl, JsonObject Resource)> Messages(JsonObject document, string path) =>
        document.Count == 0 ? []
        : document["resources"] is JsonArray list ? list.Select(entry => entry!["resource"]!.AsObject()).Select(resource => ((string)resource["@type"]!, resource))
        : document["xds"] is JsonObject types ? types.SelectMany(type => type.Value!.AsObject().Select(resource => (type.Key, resource.Value!.AsObject())))
        : [(path.Contains(".listener.", StringComparison.Ordinal) ? TypeUrls.Listener : TypeUrls.Cluster, document)];

    // End-to-end goldens hide what differs between runs.
    private static void Unredact(JsonNode? node)
    {
        if (node is JsonArray list)
        {
            foreach (var item in list)
            {
                Unredact(item);
            }
        }
        else if (node is JsonObject fields)
        {
            if ((string?)(fields["address"] as JsonValue) is "IP_REDACTED" or "ADMIN_REDACTED")
            {
                fields["address"] = Redacted;
                fields["portValue"] = (int?)fields["portValue"] is > 0 and var port ? port : 9901;
            }

            if ((string?)(fields["inlineBytes"] as JsonValue) == "CERT_REDACTED")
            {
                fields["inlineBytes"] = Convert.ToBase64String("a certificate"u8);
            }

            foreach (var (_, child) in fields)
            {
                Unredact(child);
            }
        }
    }
}
