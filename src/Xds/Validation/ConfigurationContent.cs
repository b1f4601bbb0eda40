using System.Text;
using System.Text.Json.Nodes;
using Zoneway.Xds.Files;
using Zoneway.Xds.Protocol;
using Zoneway.Xds.Resources;
using Zoneway.Xds.Translation;

namespace Zoneway.Xds.Validation;

/// <summary>The resources of a configuration in any of its forms, and what reading them showed before they are translated.</summary>
internal sealed class ConfigurationContent
{
    private readonly Dictionary<(string TypeUrl, string Name), List<IgnoredField>> _ignored = [];
    private readonly EnvoyResourceReader _reader = new();

    private ConfigurationContent()
    {
    }

    /// <summary>The resources that could be read.</summary>
    public IReadOnlyList<XdsResource> Resources => _reader.Resources;

    /// <summary>What could not be read.</summary>
    public List<FileProblem> Problems { get; } = [];

    /// <summary>What was passed over and belongs to no resource that is translated.</summary>
    public List<IgnoredField> Ignored { get; } = [];

    /// <summary>What reading passed over inside a resource.</summary>
    public IReadOnlyList<IgnoredField> IgnoredIn(XdsResource resource) => _ignored.GetValueOrDefault((resource.TypeUrl, resource.Name)) ?? [];

    /// <summary>Reads a configuration. Never throws on bad content.</summary>
    /// <param name="bytes">A text, or a recorded response of a control plane.</param>
    /// <param name="problem">Why it could not be read at all; null when it was.</param>
    /// <returns>The content; null when it could not be read.</returns>
    public static ConfigurationContent? Read(ReadOnlySpan<byte> bytes, out string? problem)
    {
        var content = new ConfigurationContent();
        problem = RecordedResponse.IsBinary(bytes) ? content.ReadBinary(bytes) : content.ReadText(Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF'));
        content.Problems.AddRange(content._reader.Problems);
        return problem is null ? content : null;
    }

    private string? ReadBinary(ReadOnlySpan<byte> bytes)
    {
        if (RecordedResponse.Read(bytes) is not { } resources)
        {
            return "it is neither text in UTF-8 nor a recorded DiscoveryResponse or DeltaDiscoveryResponse";
        }

        foreach (var (place, name, body) in resources)
        {
            if (TypeUrls.Shared(body.TypeUrl) is null)
            {
                Ignored.Add(new(name, place, $"resources of type '{body.TypeUrl}' are not used"));
            }
            else
            {
                _reader.Read(place, name, body);
            }
        }

        return null;
    }

    private string? ReadText(string text)
    {
        JsonNode? json;
        try
        {
            json = YamlToJson.Parse(text);
        }
        catch (YamlFormatException exception)
        {
            return exception.Message;
        }

        var document = EnvoyDocument.Read(json);
        Ignored.AddRange(document.Ignored);
        Problems.AddRange(document.Problems);
        foreach (var entry in document.Entries)
        {
            Read(entry);
        }

        return document.Unreadable;
    }

    private void Read(EnvoyEntry entry)
    {
        var (resources, ignored) = (_reader.Resources.Count, _reader.Ignored.Count);
        _reader.Read(entry);
        var fields = _reader.Ignored.Skip(ignored).ToList();
        if (_reader.Resources.Count > resources)
        {
            _ignored[(entry.TypeUrl, _reader.Resources[^1].Name)] = fields;
        }
        else
        {
            Ignored.AddRange(fields);
        }
    }
}
