using System.Text.Json.Nodes;
using Zoneway.Xds.Resources;
using Zoneway.Xds.Translation;

namespace Zoneway.Xds.Files;

/// <summary>
/// Envoy resources as text, YAML or JSON: a list <c>resources:</c> of <c>{name, resource: {"@type": …}}</c>, the shape of a delta discovery response.
/// Reading it is a pure function; <see cref="XdsFileSource"/> follows a file.
/// </summary>
internal sealed record EnvoyResourceFile
{
    /// <summary>The resources in the order of the text; their version is made from their content.</summary>
    public required IReadOnlyList<XdsResource> Resources { get; init; }

    /// <summary>Every field without effect that reading showed; translating may show more.</summary>
    public required IReadOnlyList<IgnoredField> Ignored { get; init; }

    /// <summary>Everything that is wrong, with line and column or the resource and field concerned. When there is any, the text must not be used.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    /// <summary>Reads a text. Never throws on bad content.</summary>
    public static EnvoyResourceFile Parse(string text)
    {
        try
        {
            return Read(YamlToJson.Parse(text));
        }
        catch (YamlFormatException exception)
        {
            return Failed(exception.Message);
        }
    }

    private static EnvoyResourceFile Read(JsonNode? document)
    {
        if (document is not JsonObject top || top["resources"] is not JsonArray entries)
        {
            return Failed("a list 'resources' is needed at the top");
        }

        var reader = new EnvoyResourceReader();
        foreach (var (name, _) in top.Where(property => property.Key != "resources"))
        {
            reader.Ignored.Add(new("", name, "the field is not known"));
        }

        for (var i = 0; i < entries.Count; i++)
        {
            reader.Read(entries[i], i);
        }

        return new EnvoyResourceFile { Resources = reader.Resources, Ignored = reader.Ignored, Problems = [.. reader.Problems.Select(problem => problem.ToString())] };
    }

    private static EnvoyResourceFile Failed(string problem) => new() { Resources = [], Ignored = [], Problems = [problem] };
}
