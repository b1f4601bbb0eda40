using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using Parser = YamlDotNet.Core.Parser;

namespace Zoneway.ZoneControlPlane.Resources.Yaml;

/// <summary>
/// Reads the documents of a YAML stream (JSON is a subset) into <see cref="YamlElement"/> trees of bounded depth and size, so that
/// text from a peer can neither exhaust the stack nor multiply itself through aliases.
/// </summary>
internal sealed class YamlDocumentReader
{
    /// <summary>Deepest nesting accepted. Kuma resources need 7.</summary>
    public const int MaxDepth = 32;

    private readonly Parser _parser;
    private readonly int _maxNodes;
    private readonly int _linesBefore;
    private readonly Dictionary<string, YamlElement> _anchors = new(StringComparer.Ordinal);
    private int _nodes;

    private YamlDocumentReader(string text, int maxNodes, int linesBefore)
    {
        _parser = new Parser(new StringReader(text));
        _maxNodes = maxNodes;
        _linesBefore = linesBefore;
    }

    /// <summary>Reads every document that is not empty.</summary>
    /// <param name="text">The whole stream.</param>
    /// <param name="maxNodes">Most nodes accepted over all documents; uses of an alias count in full.</param>
    /// <param name="linesBefore">Lines of the file before the stream, which the elements' lines count too.</param>
    /// <exception cref="YamlException">The text is not YAML, is too deep or too large, or has keys that are no scalars; with the position in the stream.</exception>
    public static IReadOnlyList<YamlElement> Read(string text, int maxNodes, int linesBefore = 0)
    {
        var reader = new YamlDocumentReader(text, maxNodes, linesBefore);
        try
        {
            return reader.ReadDocuments();
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException or IndexOutOfRangeException)
        {
            // The scanner of YamlDotNet 16.3 does not guard every state that malformed text can bring it into.
            throw reader.Refused("malformed");
        }
    }

    private List<YamlElement> ReadDocuments()
    {
        var documents = new List<YamlElement>();
        _parser.Consume<StreamStart>();
        while (_parser.TryConsume<DocumentStart>(out _))
        {
            _anchors.Clear();
            var root = ReadElement(depth: 0);
            if (!root.IsNull)
            {
                documents.Add(root);
            }

            _parser.Consume<DocumentEnd>();
        }

        return documents;
    }

    private YamlElement ReadElement(int depth)
    {
        if (depth > MaxDepth)
        {
            throw Refused($"nested deeper than {MaxDepth} levels");
        }

        if (_parser.TryConsume<AnchorAlias>(out var alias))
        {
            return Resolve(alias);
        }

        Count(1);
        var start = _parser.Consume<NodeEvent>();
        var line = _linesBefore + (int)start.Start.Line;
        var element = start switch
        {
            Scalar scalar => ReadScalar(scalar, line),
            SequenceStart => YamlElement.ForItems(ReadItems(depth), line),
            _ => YamlElement.ForFields(ReadFields(depth), line),
        };
        if (!start.Anchor.IsEmpty)
        {
            _anchors[start.Anchor.Value] = element;
        }

        return element;
    }

    private List<YamlElement> ReadItems(int depth)
    {
        var items = new List<YamlElement>();
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            items.Add(ReadElement(depth + 1));
        }

        return items;
    }

    private List<YamlField> ReadFields(int depth)
    {
        var fields = new List<YamlField>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            if (!_parser.TryConsume<Scalar>(out var key))
            {
                throw Refused("the key of a field must be plain text");
            }

            if (!names.Add(key.Value))
            {
                throw new YamlException(key.Start, key.End, $"field \"{key.Value}\" appears twice");
            }

            fields.Add(new YamlField(key.Value, _linesBefore + (int)key.Start.Line, ReadElement(depth + 1)));
        }

        return fields;
    }

    private static YamlElement ReadScalar(Scalar scalar, int line) =>
        scalar is { Style: ScalarStyle.Plain, Value: "" or "~" or "null" }
            ? YamlElement.ForNull(line)
            : YamlElement.ForScalar(scalar.Value, line);

    private YamlElement Resolve(AnchorAlias alias)
    {
        if (!_anchors.TryGetValue(alias.Value.Value, out var element))
        {
            throw new YamlException(alias.Start, alias.End, $"alias \"{alias.Value}\" has no anchor before it");
        }

        Count(element.Size);
        return element;
    }

    private void Count(int nodes)
    {
        _nodes += nodes;
        if (_nodes > _maxNodes)
        {
            throw Refused($"more than {_maxNodes} values");
        }
    }

    private YamlException Refused(string reason)
    {
        var at = _parser.Current;
        return new YamlException(at?.Start ?? Mark.Empty, at?.End ?? Mark.Empty, reason);
    }
}
