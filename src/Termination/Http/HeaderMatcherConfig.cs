using System.Globalization;
using Microsoft.AspNetCore.Http;
using Zoneway.MutualTls;

namespace Zoneway.Termination.Http;

/// <summary>
/// A condition on one header of a request (HeaderMatcher). <see cref="Value"/> or <see cref="Range"/> says what its value must be; without either it is about whether
/// the header is there. A header with several values is looked at as one text, joined by commas. As in Envoy, a header that is missing fits no value, even when the
/// condition <see cref="IsInverted"/>. Safe on any thread.
/// </summary>
public sealed record HeaderMatcherConfig
{
    /// <summary>The header's name, in any case, or one of <c>:path</c>, <c>:method</c>, <c>:authority</c> and <c>:scheme</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What the value must be.</summary>
    public StringMatcher? Value { get; init; }

    /// <summary>The whole numbers that the value may be.</summary>
    public HeaderValueRange? Range { get; init; }

    /// <summary>Whether the header must be there, or must not; where neither <see cref="Value"/> nor <see cref="Range"/> is given.</summary>
    public bool IsPresent { get; init; } = true;

    /// <summary>Whether the opposite is asked for.</summary>
    public bool IsInverted { get; init; }

    /// <summary>Whether a header that is missing counts as one with an empty value.</summary>
    public bool TreatsMissingAsEmpty { get; init; }

    /// <summary>Whether there is a header of this name to look at: pseudo headers other than the four are not known.</summary>
    public static bool IsKnown(string name) => name.Length > 0 && (name[0] != ':' || name is ":path" or ":method" or ":authority" or ":scheme");

    /// <summary>Whether a request fits. Allocates nothing unless the header has several values.</summary>
    public bool Matches(HttpRequest request)
    {
        var isThere = TryGet(request, out var value) || TreatsMissingAsEmpty;
        return Value is null && Range is null
            ? (isThere == IsPresent) != IsInverted
            : isThere && (Value?.Matches(value) ?? Range!.Value.Contains(value)) != IsInverted;
    }

    /// <summary>Such as <c>header x-team prefix blue</c>.</summary>
    public override string ToString() =>
        $"header {Name} {(IsInverted ? "not " : "")}{Value?.ToString() ?? Range?.ToString() ?? (IsPresent ? "present" : "absent")}{(TreatsMissingAsEmpty ? " (missing counts as empty)" : "")}";

    private bool TryGet(HttpRequest request, out ReadOnlySpan<char> value)
    {
        if (Name[0] == ':')
        {
            value = Name switch
            {
                ":path" => RequestTarget.PathAndQuery(request),
                ":method" => request.Method,
                ":authority" => request.Host.Value,
                ":scheme" => request.Scheme,
                _ => default,
            };
            return !value.IsEmpty;
        }

        var isThere = request.Headers.TryGetValue(Name, out var values) && values.Count > 0;
        value = values.ToString();
        return isThere;
    }
}

/// <summary>A range of whole numbers (Int64Range).</summary>
/// <param name="Start">The first.</param>
/// <param name="End">The first one beyond.</param>
public readonly record struct HeaderValueRange(long Start, long End)
{
    /// <summary>Whether a text is a number in the range; what is no number is not.</summary>
    public bool Contains(ReadOnlySpan<char> text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number)
        && Start <= number && number < End;

    /// <summary>Such as <c>from 1 below 10</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"from {Start} below {End}");
}
