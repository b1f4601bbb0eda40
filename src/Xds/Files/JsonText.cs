using System.Text.Json.Nodes;

namespace Zoneway.Xds.Files;

/// <summary>Strings in JSON.</summary>
internal static class JsonText
{
    /// <summary>The string that a node is; null when it is something else, or missing.</summary>
    public static string? Of(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
