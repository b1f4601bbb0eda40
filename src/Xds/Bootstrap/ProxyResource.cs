using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Zoneway.Xds.Files;

namespace Zoneway.Xds.Bootstrap;

/// <summary>The resource that a proxy brings along on Universal: a ZoneIngress, a ZoneEgress, or a mesh-scoped Dataplane. Protocol §1.1, §9.5.</summary>
/// <param name="Type">Its kind.</param>
/// <param name="Name">Its name.</param>
/// <param name="Mesh">Its mesh; null for the kinds that belong to none.</param>
/// <param name="Text">The resource as it was given, which is what goes to the control plane.</param>
public sealed record ProxyResource(string Type, string Name, string? Mesh, string Text)
{
    /// <summary>Reads a resource. Only what this proxy must know is checked; the control plane checks the rest.</summary>
    /// <param name="text">One resource as YAML or JSON.</param>
    /// <param name="resource">What it says; null when it cannot be used.</param>
    /// <param name="error">Why it cannot be used; empty when it can.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out ProxyResource? resource, out string error)
    {
        resource = null;
        error = "";
        JsonNode? root;
        try
        {
            root = YamlToJson.Parse(text);
        }
        catch (YamlFormatException exception)
        {
            error = exception.Message;
            return false;
        }

        if (Member(root, "type") is not { } type || Member(root, "name") is not { } name)
        {
            error = "A resource must have a 'type' and a 'name'.";
            return false;
        }

        resource = new ProxyResource(type, name, Member(root, "mesh"), text);
        return true;
    }

    private static string? Member(JsonNode? resource, string member) =>
        resource is JsonObject properties && properties[member] is JsonValue value && value.TryGetValue<string>(out var text) && text.Length > 0 ? text : null;
}
