using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Zoneway.SniRouter.AccessLogs;

/// <summary>
/// A text with command operators: <c>%NAME%</c>, <c>%NAME(argument)%</c>, either with <c>:length</c> before the last percent sign; <c>%%</c> is a percent sign.
/// Operators without a value here are nothing in every line. Immutable.
/// </summary>
public sealed class AccessLogTemplate
{
    private readonly ImmutableArray<Segment> _segments;

    private AccessLogTemplate(ImmutableArray<Segment> segments, ImmutableArray<string> unknown)
    {
        _segments = segments;
        UnknownOperators = unknown;
        Needs = segments.Aggregate(AccessLogNeeds.None, static (needs, segment) => needs | (segment.Operator?.Needs ?? AccessLogNeeds.None));
    }

    /// <summary>The operators that have no value here, each once.</summary>
    public ImmutableArray<string> UnknownOperators { get; }

    /// <summary>What has to be known of a connection for it.</summary>
    internal AccessLogNeeds Needs { get; }

    /// <summary>Reads a text.</summary>
    /// <returns>The template; null, with what is wrong, when an operator has no end.</returns>
    public static AccessLogTemplate? TryParse(string text, out string problem)
    {
        var segments = ImmutableArray.CreateBuilder<Segment>();
        var unknown = new HashSet<string>(StringComparer.Ordinal);
        var literal = new StringBuilder();
        for (var i = 0; i < text.Length;)
        {
            if (text[i] != '%')
            {
                literal.Append(text[i++]);
            }
            else if (i + 1 < text.Length && text[i + 1] == '%')
            {
                literal.Append('%');
                i += 2;
            }
            else if (ReadOperator(text, ref i) is { } segment)
            {
                Flush(literal, segments);
                segments.Add(segment);
                if (segment.Operator is null)
                {
                    unknown.Add(segment.Literal);
                }
            }
            else
            {
                problem = $"the command operator at character {i + 1} of the format has no end";
                return null;
            }
        }

        Flush(literal, segments);
        problem = "";
        return new AccessLogTemplate(segments.ToImmutable(), [.. unknown]);
    }

    /// <summary>The value of a template that is one operator and nothing else.</summary>
    internal bool TryGetSingle(AccessLogEntry entry, out AccessLogValue value, out int maxLength)
    {
        var isSingle = _segments is [{ IsLiteral: false }];
        (value, maxLength) = isSingle ? (_segments[0].Read(entry), _segments[0].MaxLength) : (default, 0);
        return isSingle;
    }

    /// <summary>The text for an entry; operators without a value are nothing.</summary>
    internal string Format(AccessLogEntry entry)
    {
        var text = new StringBuilder();
        Write(entry, "", text);
        return text.ToString();
    }

    /// <summary>Writes a line's text.</summary>
    internal void Write(AccessLogEntry entry, string nothing, StringBuilder target)
    {
        foreach (var segment in _segments)
        {
            target.Append(segment.IsLiteral ? segment.Literal : segment.Read(entry).ToText(segment.MaxLength, nothing));
        }
    }

    /// <summary>Reads an operator that begins at a percent sign; leaves <paramref name="position"/> behind it, or untouched when there is none.</summary>
    private static Segment? ReadOperator(string text, ref int position)
    {
        var i = position + 1;
        var nameStart = i;
        while (i < text.Length && (char.IsAsciiLetterOrDigit(text[i]) || text[i] == '_'))
        {
            i++;
        }

        var name = text[nameStart..i];
        var argument = "";
        if (i < text.Length && text[i] == '(')
        {
            var close = text.IndexOf(')', i);
            if (close < 0)
            {
                return null;
            }

            argument = text[(i + 1)..close];
            i = close + 1;
        }

        var maxLength = int.MaxValue;
        if (i < text.Length && text[i] == ':')
        {
            var lengthStart = ++i;
            while (i < text.Length && char.IsAsciiDigit(text[i]))
            {
                i++;
            }

            if (!int.TryParse(text.AsSpan(lengthStart, i - lengthStart), NumberStyles.None, CultureInfo.InvariantCulture, out maxLength))
            {
                return null;
            }
        }

        if (name.Length == 0 || i >= text.Length || text[i] != '%')
        {
            return null;
        }

        position = i + 1;
        return new Segment(IsLiteral: false, name, AccessLogOperator.Find(name), argument, maxLength);
    }

    private static void Flush(StringBuilder literal, ImmutableArray<Segment>.Builder segments)
    {
        if (literal.Length > 0)
        {
            segments.Add(new Segment(IsLiteral: true, literal.ToString(), null, "", int.MaxValue));
            literal.Clear();
        }
    }

    /// <summary>A piece of text, or an operator with its name where the text would be.</summary>
    private sealed record Segment(bool IsLiteral, string Literal, AccessLogOperator? Operator, string Argument, int MaxLength)
    {
        public AccessLogValue Read(AccessLogEntry entry) => Operator?.Read(entry, Argument) ?? AccessLogValue.None;
    }
}
