using System.Text.Json;
using System.Text.Json.Nodes;
using Zoneway.Xds.Protocol;
using Zoneway.Xds.Resources;

namespace Zoneway.Xds.Admin;

/// <summary>
/// The configuration as the control plane sent it, in the form of Envoy's <c>/config_dump</c> (envoy.admin.v3.ConfigDump, protocol §9.1). Private keys are blanked.
/// Written resource by resource, so that a large configuration is never in memory as text.
/// </summary>
public sealed class ConfigDump
{
    private const string Types = TypeUrls.Prefix + "envoy.admin.v3.";
    private const int FlushBytes = 64 * 1024;

    private static readonly Section[] Sections =
    [
        new("ClustersConfigDump", "dynamic_active_clusters", "DynamicCluster", TypeUrls.Cluster, static (resource, body) => new JsonObject { ["version_info"] = resource.Version, ["cluster"] = body }),
        new("EndpointsConfigDump", "dynamic_endpoint_configs", "DynamicEndpointConfig", TypeUrls.ClusterLoadAssignment, static (resource, body) => new JsonObject { ["version_info"] = resource.Version, ["endpoint_config"] = body }),
        new("ListenersConfigDump", "dynamic_listeners", "DynamicListener", TypeUrls.Listener, static (resource, body) => new JsonObject
        {
            ["name"] = resource.Name,
            ["active_state"] = new JsonObject { ["version_info"] = resource.Version, ["listener"] = body },
        }),
        new("RoutesConfigDump", "dynamic_route_configs", "DynamicRouteConfig", null, static (_, _) => []),
        new("SecretsConfigDump", "dynamic_active_secrets", "DynamicSecret", TypeUrls.Secret, static (resource, body) => new JsonObject { ["name"] = resource.Name, ["version_info"] = resource.Version, ["secret"] = body }),
    ];

    private readonly IResourceSink _resources;

    internal ConfigDump(IResourceSink resources) => _resources = resources;

    /// <summary>Whether there is a section of this name to be asked for with <see cref="ConfigDumpQuery.Resource"/>.</summary>
    public static bool IsSection(string name) => Array.Exists(Sections, section => section.Field == name);

    /// <summary>Writes the dump.</summary>
    /// <param name="output">Takes the JSON; is not closed.</param>
    /// <param name="query">What is wanted.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    public async Task WriteAsync(Stream output, ConfigDumpQuery query, CancellationToken cancellationToken)
    {
        await using var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        writer.WriteStartObject();
        writer.WriteStartArray("configs");
        if (query.Resource is { } wanted)
        {
            await WriteEntriesAsync(writer, Array.Find(Sections, section => section.Field == wanted), query.Mask, cancellationToken);
        }
        else
        {
            if (query.Bootstrap is { } bootstrap)
            {
                FieldMask.Apply(new JsonObject { ["@type"] = $"{Types}BootstrapConfigDump", ["bootstrap"] = bootstrap }, query.Mask).WriteTo(writer);
            }

            foreach (var section in Sections.Where(section => query.IncludeEds || section.TypeUrl != TypeUrls.ClusterLoadAssignment))
            {
                await WriteSectionAsync(writer, section, query.Mask, cancellationToken);
            }
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        await writer.FlushAsync(cancellationToken);
    }

    private async Task WriteSectionAsync(Utf8JsonWriter writer, Section section, IReadOnlyList<string> mask, CancellationToken cancellationToken)
    {
        var inner = FieldMask.Inside(mask, section.Field);
        writer.WriteStartObject();
        writer.WriteString("@type", Types + section.Dump);
        if (inner is not null && section.TypeUrl is not null)
        {
            writer.WriteStartArray(section.Field);
            foreach (var resource in Received(section))
            {
                await WriteAsync(writer, FieldMask.Apply(section.Describe(resource, ResourceJson.Of(resource)), inner), cancellationToken);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private async Task WriteEntriesAsync(Utf8JsonWriter writer, Section? section, IReadOnlyList<string> mask, CancellationToken cancellationToken)
    {
        foreach (var resource in section is null ? [] : Received(section))
        {
            var entry = FieldMask.Apply(section!.Describe(resource, ResourceJson.Of(resource)), mask);
            entry.Insert(0, "@type", $"{Types}{section.Dump}.{section.Entry}");
            await WriteAsync(writer, entry, cancellationToken);
        }
    }

    private IEnumerable<XdsResource> Received(Section section) =>
        section.TypeUrl is null ? [] : _resources.Received(section.TypeUrl).OrderBy(resource => resource.Name, StringComparer.Ordinal);

    private static async Task WriteAsync(Utf8JsonWriter writer, JsonObject entry, CancellationToken cancellationToken)
    {
        entry.WriteTo(writer);
        if (writer.BytesPending > FlushBytes)
        {
            await writer.FlushAsync(cancellationToken);
        }
    }

    private sealed record Section(string Dump, string Field, string Entry, string? TypeUrl, Func<XdsResource, JsonObject, JsonObject> Describe);
}
