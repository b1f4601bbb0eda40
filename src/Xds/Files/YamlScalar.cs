using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Zoneway.Xds.Files;

/// <summary>Scalars by the core schema of YAML 1.2 (§10.3): a plain <c>12</c> is a number, a quoted one and <c>yes</c> are text.</summary>
internal static partial class YamlScalar
{
    private const string TagPrefix = "tag:yaml.org,2002:";

    // A longer plain scalar is text whatever it looks like: no number worth having is longer, and reading digits costs time.
    private const int LongestNumber = 64;

    /// <summary>The JSON value of a scalar; null for null.</summary>
    /// <exception cref="YamlFormatException">Its tag is unknown, or the text is not of the tag's type.</exception>
    public static JsonValue? ToJson(Scalar scalar)
    {
        var text = scalar.Value;
        if (scalar.Tag.IsEmpty)
        {
            return scalar.Style == ScalarStyle.Plain ? FromPlain(text) : JsonValue.Create(text);
        }

        if (scalar.Tag.IsNonSpecific)
        {
            return JsonValue.Create(text);
        }

        return scalar.Tag.Value switch
        {
            TagPrefix + "str" => JsonValue.Create(text),
            TagPrefix + "null" when IsNull(text) => null,
            TagPrefix + "bool" when Boolean(text) is { } boolean => boolean,
            TagPrefix + "int" when Integer(text) is { } integer => integer,
            TagPrefix + "float" when (Integer(text) ?? Float(text)) is { } number => number,
            TagPrefix + "null" or TagPrefix + "bool" or TagPrefix + "int" or TagPrefix + "float" =>
                throw new YamlFormatException($"the value is not of type {scalar.Tag.Value[TagPrefix.Length..]}", scalar.Start.Line, scalar.Start.Column),
            _ => throw new YamlFormatException("tags other than those of the core schema are not supported", scalar.Start.Line, scalar.Start.Column),
        };
    }

    private static JsonValue? FromPlain(string text) =>
        IsNull(text) ? null : Boolean(text) ?? Integer(text) ?? Float(text) ?? JsonValue.Create(text);

    private static bool IsNull(string text) => text is "" or "~" or "null" or "Null" or "NULL";

    private static JsonValue? Boolean(string text) => text switch
    {
        "true" or "True" or "TRUE" => JsonValue.Create(true),
        "false" or "False" or "FALSE" => JsonValue.Create(false),
        _ => null,
    };

    private static JsonValue? Integer(string text)
    {
        if (text.Length > LongestNumber)
        {
            return null;
        }

        if (text.StartsWith("0x", StringComparison.Ordinal))
        {
            return ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex) ? JsonValue.Create(hex) : null;
        }

        if (OctalPattern().IsMatch(text))
        {
            return JsonValue.Create(Convert.ToUInt64(text[2..], 8));
        }

        if (!IntegerPattern().IsMatch(text))
        {
            return null;
        }

        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer) ? JsonValue.Create(integer)
            : ulong.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var large) ? JsonValue.Create(large)
            : Float(text);
    }

    // JSON has no infinity and no NaN: they become the strings that the JSON form of protobuf uses.
    private static JsonValue? Float(string text)
    {
        if (text.Length > LongestNumber)
        {
            return null;
        }

        switch (text)
        {
            case ".inf" or ".Inf" or ".INF" or "+.inf" or "+.Inf" or "+.INF":
                return JsonValue.Create("Infinity");
            case "-.inf" or "-.Inf" or "-.INF":
                return JsonValue.Create("-Infinity");
            case ".nan" or ".NaN" or ".NAN":
                return JsonValue.Create("NaN");
            default:
                return FloatPattern().IsMatch(text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
                    ? JsonValue.Create(number)
                    : null;
        }
    }

    [GeneratedRegex(@"\A[-+]?[0-9]+\z")]
    private static partial Regex IntegerPattern();

    // 21 octal digits fit into 64 bits; a number too large for them is text.
    [GeneratedRegex(@"\A0o[0-7]{1,21}\z")]
    private static partial Regex OctalPattern();

    [GeneratedRegex(@"\A[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\z")]
    private static partial Regex FloatPattern();
}
