using System.Globalization;
using System.Text.Json;

namespace Zoneway.ZoneControlPlane.Bootstrap;

/// <summary>Writes the node of a bootstrap document: who the proxy is, with the metadata it has to send back. Protocol §1.3, §3.2.</summary>
internal static class NodeDocument
{
    /// <summary>Address of the proxy's admin interface when it is no socket file.</summary>
    public const string AdminAddress = "127.0.0.1";

    public static Dictionary<string, object> Of(BootstrapRequest request, BootstrapTarget target) => new()
    {
        ["id"] = $".{target.ProxyName}",
        ["cluster"] = request.ProxyType!,
        ["metadata"] = MetadataOf(request, target),
    };

    /// <summary>Socket file of the proxy's admin interface; null without a folder for it.</summary>
    public static string? AdminSocketOf(BootstrapRequest request) =>
        string.IsNullOrEmpty(request.Workdir) ? null : $"{request.Workdir.TrimEnd('/')}/kuma-envoy-admin.sock";

    // Ports are text in node metadata.
    private static Dictionary<string, object> MetadataOf(BootstrapRequest request, BootstrapTarget target)
    {
        var metadata = new Dictionary<string, object>
        {
            ["dataplane.proxyType"] = request.ProxyType!,
            ["dataplane.admin.port"] = target.AdminPort.ToString(CultureInfo.InvariantCulture),
            ["dataplane.admin.address"] = AdminAddress,
        };
        AddText(metadata, "dataplane.admin.socketPath", AdminSocketOf(request));
        AddText(metadata, "dataplane.readinessReporter.port", request.ReadinessPort is > 0 ? request.ReadinessPort.Value.ToString(CultureInfo.InvariantCulture) : null);
        AddText(metadata, "dataplane.resource", request.DataplaneResource);
        AddText(metadata, "workdir", request.Workdir);
        AddText(metadata, "systemCaPath", request.SystemCaPath);
        if (request.Features is { Count: > 0 } features)
        {
            metadata["features"] = features;
        }

        if (request.Version is { ValueKind: JsonValueKind.Object } version)
        {
            metadata["version"] = ToPlain(version);
        }

        if (request.DynamicMetadata is { Count: > 0 } dynamicMetadata)
        {
            metadata["dynamicMetadata"] = dynamicMetadata;
        }

        return metadata;
    }

    private static void AddText(Dictionary<string, object> metadata, string key, string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            metadata[key] = text;
        }
    }

    private static object ToPlain(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().GroupBy(static field => field.Name).ToDictionary(static field => field.Key, static field => ToPlain(field.Last().Value)),
        JsonValueKind.Array => element.EnumerateArray().Select(ToPlain).ToList(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => element.GetDouble(),
        _ => element.GetString() ?? "",
    };
}
