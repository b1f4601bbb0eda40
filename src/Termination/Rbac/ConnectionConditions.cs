using Microsoft.AspNetCore.Http;
using Zoneway.MutualTls;

namespace Zoneway.Termination.Rbac;

/// <summary>Fits addresses that the client connected to (destination_ip).</summary>
/// <param name="Range">The addresses.</param>
public sealed record DestinationIpCondition(IpRange Range) : RbacCondition
{
    /// <inheritdoc/>
    public override bool Fits(TerminatedConnection connection, HttpRequest? request) => connection.Local is { } local && Range.Contains(local.Address);

    /// <inheritdoc/>
    public override string ToString() => $"destination {Range}";
}

/// <summary>Fits ports that the client connected to (destination_port, destination_port_range).</summary>
/// <param name="Start">The first port.</param>
/// <param name="End">The first one beyond.</param>
public sealed record DestinationPortCondition(int Start, int End) : RbacCondition
{
    /// <inheritdoc/>
    public override bool Fits(TerminatedConnection connection, HttpRequest? request) => connection.Local is { } local && Start <= local.Port && local.Port < End;

    /// <inheritdoc/>
    public override string ToString() => End == Start + 1 ? $"port {Start}" : $"ports {Start} to {End - 1}";
}

/// <summary>
/// Fits addresses that the connection comes from (source_ip, direct_remote_ip, remote_ip). Envoy may take remote_ip from a header that proxies in front add;
/// here it is the address of the connection itself, which the client cannot make up.
/// </summary>
/// <param name="Range">The addresses.</param>
public sealed record SourceIpCondition(IpRange Range) : RbacCondition
{
    /// <inheritdoc/>
    public override bool Fits(TerminatedConnection connection, HttpRequest? request) => connection.Remote is { } remote && Range.Contains(remote.Address);

    /// <inheritdoc/>
    public override string ToString() => $"source {Range}";
}

/// <summary>Fits server names of the ClientHello (requested_server_name). No name is the empty text.</summary>
/// <param name="Value">What the name must be. The name is in lower case.</param>
public sealed record ServerNameCondition(StringMatcher Value) : RbacCondition
{
    /// <inheritdoc/>
    public override bool Fits(TerminatedConnection connection, HttpRequest? request) => Value.Matches(connection.ServerName);

    /// <inheritdoc/>
    public override string ToString() => $"server name {Value}";
}

/// <summary>Fits what a filter before has noted of the connection (filter_state). A key that is not there fits nothing.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">What the value must be.</param>
public sealed record FilterStateCondition(string Key, StringMatcher Value) : RbacCondition
{
    /// <inheritdoc/>
    public override bool Fits(TerminatedConnection connection, HttpRequest? request) => connection.FilterState.TryGetValue(Key, out var value) && Value.Matches(value);

    /// <inheritdoc/>
    public override string ToString() => $"filter state {Key} {Value}";
}
