using System.Text.Json.Nodes;
using Zoneway.Xds.Protocol;

namespace Zoneway.Xds.Files;

/// <summary>What kind of resource a text means where it does not give a type URL.</summary>
internal static class ResourceKinds
{
    private static readonly Dictionary<string, string> Kinds = new(StringComparer.OrdinalIgnoreCase)
    {
        ["listener"] = TypeUrls.Listener,
        ["listeners"] = TypeUrls.Listener,
        ["cluster"] = TypeUrls.Cluster,
        ["clusters"] = TypeUrls.Cluster,
        ["endpoint"] = TypeUrls.ClusterLoadAssignment,
        ["endpoints"] = TypeUrls.ClusterLoadAssignment,
        ["clusterLoadAssignment"] = TypeUrls.ClusterLoadAssignment,
        ["clusterLoadAssignments"] = TypeUrls.ClusterLoadAssignment,
        ["secret"] = TypeUrls.Secret,
        ["secrets"] = TypeUrls.Secret,
    };

    private static readonly HashSet<string> ClusterTypes = new(StringComparer.Ordinal) { "STATIC", "STRICT_DNS", "LOGICAL_DNS", "EDS", "ORIGINAL_DST" };

    // Fields that no other resource has at its top, in both spellings of protobuf's JSON.
    private static readonly string[] ClusterFields =
    [
        "edsClusterConfig", "eds_cluster_config", "loadAssignment", "load_assignment", "connectTimeout", "connect_timeout", "lbPolicy", "lb_policy", "altStatName", "alt_stat_name",
        "circuitBreakers", "circuit_breakers", "healthChecks", "health_checks", "outlierDetection", "outlier_detection",
    ];

    /// <summary>The type URL that a key stands for: a type URL for itself, the name of a kind such as <c>listeners</c> for that kind; null for anything else.</summary>
    public static string? OfKey(string key) => key.Contains('/', StringComparison.Ordinal) ? key : Kinds.GetValueOrDefault(key);

    /// <summary>The type URL of a resource: what it says, or else what its fields show; null when neither tells.</summary>
    public static string? Of(JsonObject resource) =>
        JsonText.Of(resource["@type"])
        ?? (HasAny(resource, "filterChains", "filter_chains", "listenerFilters", "listener_filters", "defaultFilterChain", "default_filter_chain") ? TypeUrls.Listener
        : HasAny(resource, "clusterName", "cluster_name") ? TypeUrls.ClusterLoadAssignment
        : HasAny(resource, "tlsCertificate", "tls_certificate", "validationContext", "validation_context") ? TypeUrls.Secret
        : HasAny(resource, ClusterFields) || (JsonText.Of(resource["type"]) is { } type && ClusterTypes.Contains(type)) ? TypeUrls.Cluster
        : resource["address"] is JsonObject ? TypeUrls.Listener
        : null);

    private static bool HasAny(JsonObject resource, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (resource.ContainsKey(name))
            {
                return true;
            }
        }

        return false;
    }
}
