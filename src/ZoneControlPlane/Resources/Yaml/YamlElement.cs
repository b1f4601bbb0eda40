namespace Zoneway.ZoneControlPlane.Resources.Yaml;

/// <summary>A node of a YAML document together with the line it begins on: a scalar, a sequence or a mapping with scalar keys.</summary>
internal sealed class YamlElement
{
    private YamlElement(int line, int size) => (Line, Size) = (line, size);

    /// <summary>Line in the file, counted from 1.</summary>
    public int Line { get; }

    /// <summary>Nodes in this subtree, itself included; an alias counts as often as it is used.</summary>
    public int Size { get; }

    /// <summary>Text of a scalar; null for a null scalar and for anything else.</summary>
    public string? Scalar { get; private init; }

    /// <summary>Whether this is a scalar without a value: empty, <c>~</c> or <c>null</c>.</summary>
    public bool IsNull { get; private init; }

    /// <summary>Members of a sequence; null for anything else.</summary>
    public IReadOnlyList<YamlElement>? Items { get; private init; }

    /// <summary>Fields of a mapping in file order, names unique; null for anything else.</summary>
    public IReadOnlyList<YamlField>? Fields { get; private init; }

    public static YamlElement ForScalar(string value, int line) => new(line, 1) { Scalar = value };

    public static YamlElement ForNull(int line) => new(line, 1) { IsNull = true };

    public static YamlElement ForItems(IReadOnlyList<YamlElement> items, int line) =>
        new(line, 1 + items.Sum(static item => item.Size)) { Items = items };

    public static YamlElement ForFields(IReadOnlyList<YamlField> fields, int line) =>
        new(line, 1 + fields.Sum(static field => field.Value.Size)) { Fields = fields };
}

/// <summary>A field of a mapping.</summary>
/// <param name="Name">Key of the field.</param>
/// <param name="Line">Line of the key, counted from 1.</param>
/// <param name="Value">What the field holds.</param>
internal sealed record YamlField(string Name, int Line, YamlElement Value);
