using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Zoneway.MutualTls;

namespace Zoneway.Termination.Http;

/// <summary>Which requests a route is for (RouteMatch): the path and every condition must fit. Safe on any thread.</summary>
public sealed record RouteMatchConfig
{
    /// <summary>How the path is compared.</summary>
    public required PathMatchKind Kind { get; init; }

    /// <summary>What the path is compared with; empty for a regular expression.</summary>
    public string Path { get; init; } = "";

    /// <summary>The regular expression that the whole path must fit.</summary>
    public StringMatcher? Regex { get; init; }

    /// <summary>Whether case counts. Default true.</summary>
    public bool IsCaseSensitive { get; init; } = true;

    /// <summary>Conditions on headers.</summary>
    public ImmutableArray<HeaderMatcherConfig> Headers { get; init; } = [];

    /// <summary>Conditions on parameters of the query.</summary>
    public ImmutableArray<QueryParameterMatcherConfig> QueryParameters { get; init; } = [];

    /// <summary>Conditions on what filters of the chain have noted of the connection: key and what the value must be.</summary>
    public ImmutableArray<FilterStateMatcherConfig> FilterState { get; init; } = [];

    /// <summary>Whether only gRPC calls fit.</summary>
    public bool IsGrpcOnly { get; init; }

    /// <summary>The share of requests that it takes of those that fit. Default all.</summary>
    public FractionConfig Fraction { get; init; } = FractionConfig.All;

    /// <summary>Whether a request fits.</summary>
    internal bool Fits(HttpRequest request, TerminatedConnection connection, Func<double> random)
    {
        if (!FitsPath(RequestTarget.Path(request)) || (IsGrpcOnly && !IsGrpc(request)))
        {
            return false;
        }

        foreach (var header in Headers)
        {
            if (!header.Matches(request))
            {
                return false;
            }
        }

        foreach (var parameter in QueryParameters)
        {
            if (!parameter.Matches(request))
            {
                return false;
            }
        }

        foreach (var state in FilterState)
        {
            if (!connection.FilterState.TryGetValue(state.Key, out var value) || !state.Value.Matches(value))
            {
                return false;
            }
        }

        return Fraction.Takes(random);
    }

    /// <summary>Whether a request is a gRPC call.</summary>
    public static bool IsGrpc(HttpRequest request) =>
        request.ContentType is { } type && (type.Equals("application/grpc", StringComparison.OrdinalIgnoreCase) || type.StartsWith("application/grpc+", StringComparison.OrdinalIgnoreCase));

    private bool FitsPath(ReadOnlySpan<char> path)
    {
        var comparison = IsCaseSensitive ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
        return Kind switch
        {
            PathMatchKind.Prefix => path.StartsWith(Path, comparison),
            PathMatchKind.Exact => path.Equals(Path, comparison),
            PathMatchKind.SeparatedPrefix => path.StartsWith(Path, comparison) && (path.Length == Path.Length || path[Path.Length] == '/'),
            _ => Regex!.Matches(path),
        };
    }
}

/// <summary>How a path is compared.</summary>
public enum PathMatchKind
{
    /// <summary>Its beginning.</summary>
    Prefix,

    /// <summary>As a whole.</summary>
    Exact,

    /// <summary>Its beginning, up to a slash or the end (path_separated_prefix).</summary>
    SeparatedPrefix,

    /// <summary>As a whole, by a regular expression.</summary>
    Regex,
}

/// <summary>A condition on a parameter of the query (QueryParameterMatcher).</summary>
/// <param name="Name">The parameter, with case.</param>
/// <param name="Value">What its first value must be; null when it only has to be there, or not.</param>
/// <param name="IsPresent">Whether it has to be there; counts without a value.</param>
public sealed record QueryParameterMatcherConfig(string Name, StringMatcher? Value, bool IsPresent)
{
    internal bool Matches(HttpRequest request) =>
        request.Query.TryGetValue(Name, out var values) && values.Count > 0 ? (Value?.Matches(values[0] ?? "") ?? IsPresent) : Value is null && !IsPresent;
}

/// <summary>A condition on what was noted of a connection (FilterStateMatcher).</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">What the value must be.</param>
public sealed record FilterStateMatcherConfig(string Key, StringMatcher Value);

/// <summary>A share (FractionalPercent).</summary>
/// <param name="Numerator">So many.</param>
/// <param name="Denominator">Of so many: 100, 10,000 or 1,000,000.</param>
public readonly record struct FractionConfig(uint Numerator, uint Denominator)
{
    /// <summary>All.</summary>
    public static FractionConfig All { get; } = new(100, 100);

    /// <summary>None.</summary>
    public static FractionConfig None { get; } = new(0, 100);

    /// <summary>Such as <c>50 %</c>.</summary>
    public override string ToString() => $"{100.0 * Numerator / Denominator} %";

    /// <summary>Decides for one request.</summary>
    /// <param name="random">Numbers from 0 to below 1.</param>
    internal bool Takes(Func<double> random) => Numerator >= Denominator || (Numerator > 0 && random() * Denominator < Numerator);
}
