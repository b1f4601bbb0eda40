using System.Buffers;
using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Zoneway.MutualTls;

namespace Zoneway.Termination.Rbac;

/// <summary>What a matcher looks at (common inputs of Envoy's matching API).</summary>
public enum RbacInput
{
    /// <summary>The server name of the ClientHello (ServerNameInput).</summary>
    ServerName,

    /// <summary>The URI names of the peer's certificate, joined by commas (UriSanInput).</summary>
    UriSan,

    /// <summary>The DNS names of the peer's certificate, joined by commas (DnsSanInput).</summary>
    DnsSan,

    /// <summary>The subject of the peer's certificate (SubjectInput).</summary>
    Subject,
}

/// <summary>Fits by one input (Matcher.MatcherList.Predicate.SinglePredicate). An input without a value fits nothing.</summary>
/// <param name="Input">What is looked at.</param>
/// <param name="Value">What it must be.</param>
public sealed record InputCondition(RbacInput Input, StringMatcher Value) : RbacCondition
{
    /// <inheritdoc/>
    public override bool Fits(TerminatedConnection connection, HttpRequest? request)
    {
        using var text = RbacInputText.Read(Input, connection);
        return text.IsThere && Value.Matches(text.Value);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{NameOf(Input)} {Value}";

    /// <summary>The input in words.</summary>
    public static string NameOf(RbacInput input) => input switch
    {
        RbacInput.ServerName => "server name",
        RbacInput.UriSan => "peer's URI names",
        RbacInput.DnsSan => "peer's DNS names",
        _ => "peer's subject",
    };
}

/// <summary>The text of an input. Several names are joined in a rented array, which disposing gives back.</summary>
internal readonly ref struct RbacInputText : IDisposable
{
    private readonly char[]? _rented;

    private RbacInputText(ReadOnlySpan<char> value, char[]? rented = null)
    {
        Value = value;
        _rented = rented;
    }

    /// <summary>The text.</summary>
    public ReadOnlySpan<char> Value { get; }

    /// <summary>Whether there is one.</summary>
    public bool IsThere => !Value.IsEmpty;

    /// <summary>Reads an input. What a certificate says counts only when it was verified.</summary>
    public static RbacInputText Read(RbacInput input, TerminatedConnection connection) => input switch
    {
        RbacInput.ServerName => new(connection.ServerName),
        _ when !connection.Peer.IsAuthenticated => default,
        RbacInput.UriSan => Join(connection.Peer.UriNames),
        RbacInput.DnsSan => Join(connection.Peer.DnsNames),
        _ => new(connection.Peer.Subject),
    };

    public void Dispose()
    {
        if (_rented is not null)
        {
            ArrayPool<char>.Shared.Return(_rented);
        }
    }

    private static RbacInputText Join(ImmutableArray<string> names)
    {
        if (names.Length < 2)
        {
            return names.IsEmpty ? default : new(names[0]);
        }

        var length = names.Length - 1;
        foreach (var name in names)
        {
            length += name.Length;
        }

        var rented = ArrayPool<char>.Shared.Rent(length);
        var end = 0;
        foreach (var name in names)
        {
            if (end > 0)
            {
                rented[end++] = ',';
            }

            name.CopyTo(rented.AsSpan(end));
            end += name.Length;
        }

        return new(rented.AsSpan(0, end), rented);
    }
}
