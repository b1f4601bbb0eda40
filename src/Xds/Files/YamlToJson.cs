using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;

namespace Zoneway.Xds.Files;

/// <summary>
/// YAML 1.2 as JSON: mappings become objects, sequences arrays, scalars follow the core schema. JSON is YAML too.
/// Anchors and aliases are resolved; merge keys (<c>&lt;&lt;</c>) are ordinary keys, as YAML 1.2 has none.
/// </summary>
/// <remarks>Safe on hostile text: nesting, and what aliases expand to, are bounded; the caller bounds the text itself.</remarks>
internal static class YamlToJson
{
    /// <summary>Deepest nesting accepted, that of protobuf's own JSON parser.</summary>
    public const int MaxDepth = 100;

    /// <summary>What all aliases of a text may add to it: one for each value, and one for each character of keys and scalars.</summary>
    public const long MaxAliasExpansion = 4 * 1024 * 1024;

    private static readonly JsonDocumentOptions JsonOptions = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    /// <summary>Reads a text of exactly one document.</summary>
    /// <returns>The document; null when it is empty or the value null.</returns>
    /// <exception cref="YamlFormatException">The text is not YAML, has several documents, or exceeds a limit.</exception>
    public static JsonNode? Parse(string yaml)
    {
        if (TryParseJson(yaml) is { } json)
        {
            return json;
        }

        var documents = ParseAll(yaml);
        return documents.Count switch
        {
            0 => null,
            1 => documents[0].Content,
            _ => throw new YamlFormatException("one document was expected, here begins another one", documents[1].Line, 1),
        };
    }

    /// <summary>Reads a text of any number of documents.</summary>
    /// <exception cref="YamlFormatException">The text is not YAML or exceeds a limit.</exception>
    public static IReadOnlyList<YamlDocument> ParseAll(string yaml)
    {
        var reader = new YamlJsonReader(yaml);
        try
        {
            return reader.ReadDocuments();
        }
        catch (YamlException exception)
        {
            throw new YamlFormatException(exception.Message, exception.Start.Line, exception.Start.Column, exception);
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException)
        {
            // YamlDotNet 16.3.0 lets these out on some malformed texts, such as "...\t{".
            throw new YamlFormatException("what follows is not YAML", reader.Position.Line, reader.Position.Column, exception);
        }
    }

    // What is JSON is read as such, which is faster and takes the tabs that YAML does not. What fails to be is YAML, or is told why it is not.
    private static JsonObject? TryParseJson(string text)
    {
        if (!text.AsSpan().TrimStart().StartsWith('{'))
        {
            return null;
        }

        try
        {
            var json = JsonNode.Parse(text, nodeOptions: null, JsonOptions);
            ReadStrings(json);
            return json as JsonObject;
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or InvalidOperationException)
        {
            // The latter two for text, and for escapes, that are not Unicode.
            return null;
        }
    }

    // JSON nodes read their strings when they are asked for them, which would be too late to complain.
    private static void ReadStrings(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var (_, value) in members)
                {
                    ReadStrings(value);
                }

                break;
            case JsonArray items:
                foreach (var item in items)
                {
                    ReadStrings(item);
                }

                break;
            case JsonValue value:
                value.TryGetValue<string>(out _);
                break;
        }
    }

    /// <summary>The JSON text of a YAML text of one document.</summary>
    /// <exception cref="YamlFormatException">As for <see cref="Parse"/>.</exception>
    public static string ToJson(string yaml) => Parse(yaml)?.ToJsonString() ?? "null";
}

/// <summary>One document of a YAML text.</summary>
/// <param name="Content">What it holds; null when it is empty.</param>
/// <param name="Line">The line its content begins at, counted from 1.</param>
internal sealed record YamlDocument(JsonNode? Content, long Line);
