using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Zoneway.Xds.Files;

/// <summary>Builds JSON nodes from the events of the YAML parser. Recursion is bounded by <see cref="YamlToJson.MaxDepth"/>.</summary>
internal sealed class YamlJsonReader
{
    private readonly Parser _parser;
    private readonly Dictionary<AnchorName, (JsonNode? Node, YamlSize Size)> _anchors = [];
    private long _aliasExpansion;

    public YamlJsonReader(string yaml) => _parser = new Parser(new StringReader(yaml));

    /// <summary>How far the text was read.</summary>
    public Mark Position => _parser.Current?.End ?? Mark.Empty;

    public IReadOnlyList<YamlDocument> ReadDocuments()
    {
        var documents = new List<YamlDocument>();
        _parser.Consume<StreamStart>();
        while (!_parser.TryConsume<StreamEnd>(out _))
        {
            _parser.Consume<DocumentStart>();
            _anchors.Clear();
            var line = _parser.Current?.Start.Line ?? 1;
            documents.Add(new(ReadNode(depth: 1, out _), line));
            _parser.Consume<DocumentEnd>();
        }

        return documents;
    }

    private JsonNode? ReadNode(int depth, out YamlSize size)
    {
        var parsed = _parser.Current ?? throw new YamlFormatException("the text ends too early", 1, 1);
        if (depth > YamlToJson.MaxDepth)
        {
            throw At(parsed, $"nested deeper than {YamlToJson.MaxDepth} levels");
        }

        if (parsed is AnchorAlias alias)
        {
            _parser.MoveNext();
            return Expand(alias, depth, out size);
        }

        JsonNode? node = parsed switch
        {
            Scalar => ReadScalar(out size),
            SequenceStart => ReadSequence(depth, out size),
            MappingStart => ReadMapping(depth, out size),
            _ => throw At(parsed, "a value was expected"),
        };
        if (parsed is NodeEvent { Anchor: { IsEmpty: false } anchor })
        {
            // Registered only now, when it is complete: an alias to itself is thereby unknown.
            _anchors[anchor] = (node, size);
        }

        return node;
    }

    private JsonValue? ReadScalar(out YamlSize size)
    {
        var scalar = _parser.Consume<Scalar>();
        size = new YamlSize(1 + scalar.Value.Length, 1);
        return YamlScalar.ToJson(scalar);
    }

    private JsonArray ReadSequence(int depth, out YamlSize size)
    {
        RejectTag(_parser.Consume<SequenceStart>());
        var array = new JsonArray();
        size = new YamlSize(1, 1);
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            array.Add(ReadNode(depth + 1, out var item));
            size = size.Around(item);
        }

        return array;
    }

    private JsonObject ReadMapping(int depth, out YamlSize size)
    {
        RejectTag(_parser.Consume<MappingStart>());
        var result = new JsonObject();
        size = new YamlSize(1, 1);
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            if (_parser.Current is not Scalar key)
            {
                throw At(_parser.Current!, "a key must be a plain or quoted text");
            }

            _parser.MoveNext();
            var value = ReadNode(depth + 1, out var valueSize);
            if (!result.TryAdd(key.Value, value))
            {
                throw At(key, $"the key '{key.Value}' is there twice");
            }

            size = size.Around(valueSize) with { Characters = size.Characters + valueSize.Characters + key.Value.Length };
        }

        return result;
    }

    private JsonNode? Expand(AnchorAlias alias, int depth, out YamlSize size)
    {
        if (!_anchors.TryGetValue(alias.Value, out var anchored))
        {
            throw At(alias, $"the alias '{alias.Value}' names no anchor before it");
        }

        size = anchored.Size;
        _aliasExpansion += size.Characters;
        if (_aliasExpansion > YamlToJson.MaxAliasExpansion)
        {
            throw At(alias, "the aliases expand to too much");
        }

        return depth - 1 + size.Depth > YamlToJson.MaxDepth
            ? throw At(alias, $"nested deeper than {YamlToJson.MaxDepth} levels")
            : anchored.Node?.DeepClone();
    }

    private static void RejectTag(NodeEvent start)
    {
        if (!start.Tag.IsEmpty && !start.Tag.IsNonSpecific && start.Tag.Value is not ("tag:yaml.org,2002:seq" or "tag:yaml.org,2002:map"))
        {
            throw At(start, "tags other than those of the core schema are not supported");
        }
    }

    private static YamlFormatException At(ParsingEvent parsed, string reason) => new(reason, parsed.Start.Line, parsed.Start.Column);
}

/// <summary>How much a value is: what copying it costs, and how deep it nests.</summary>
/// <param name="Characters">One for the value and each value inside, and the characters of their keys and scalars.</param>
/// <param name="Depth">Levels; 1 for a scalar.</param>
internal readonly record struct YamlSize(long Characters, int Depth)
{
    /// <summary>The size with one more value inside.</summary>
    public YamlSize Around(YamlSize inner) => new(Characters + inner.Characters, Math.Max(Depth, inner.Depth + 1));
}
