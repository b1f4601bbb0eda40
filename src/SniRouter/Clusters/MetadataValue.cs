namespace Zoneway.SniRouter.Clusters;

/// <summary>
/// One value of load-balancing metadata. Two values are equal when kind and text are: the string <c>2</c> is not the number <c>2</c>.
/// </summary>
/// <param name="Kind">What the value is in protobuf's Struct.</param>
/// <param name="Text">The string itself, or the JSON text of any other kind.</param>
public readonly record struct MetadataValue(MetadataKind Kind, string Text)
{
    /// <summary>A string value, the only kind that Kuma sends.</summary>
    public static MetadataValue Of(string text) => new(MetadataKind.String, text);

    /// <inheritdoc/>
    public override string ToString() => Text;
}

/// <summary>The kinds of google.protobuf.Value.</summary>
public enum MetadataKind
{
    /// <summary>A string.</summary>
    String,

    /// <summary>A number, as JSON prints it.</summary>
    Number,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Boolean,

    /// <summary>A list, a struct or null, as JSON text.</summary>
    Json,
}
