using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace Zoneway.SniRouter.Clusters.Dns;

/// <summary>Finds the addresses of a name, once.</summary>
internal interface IDnsResolver
{
    /// <summary>Resolves a name.</summary>
    /// <param name="name">A name, not an address.</param>
    /// <param name="family"><see cref="AddressFamily.InterNetwork"/>, <see cref="AddressFamily.InterNetworkV6"/>, or <see cref="AddressFamily.Unspecified"/> for both.</param>
    /// <param name="cancellationToken">Ends the lookup, which then throws <see cref="OperationCanceledException"/>; nothing else is ever thrown.</param>
    ValueTask<DnsAnswer> ResolveAsync(string name, AddressFamily family, CancellationToken cancellationToken);
}

/// <summary>What came of a lookup.</summary>
/// <param name="Outcome">Whether there are addresses.</param>
/// <param name="Addresses">The addresses, preferred ones first; empty unless there are any.</param>
/// <param name="TimeToLive">How long the answer holds, where the resolver can tell.</param>
/// <param name="Reason">Why there are no addresses, for the log.</param>
internal readonly record struct DnsAnswer(DnsOutcome Outcome, ImmutableArray<IPAddress> Addresses, TimeSpan? TimeToLive, string Reason)
{
    /// <summary>An answer with addresses.</summary>
    public static DnsAnswer Of(IEnumerable<IPAddress> addresses, TimeSpan? timeToLive = null) => new(DnsOutcome.Resolved, [.. addresses], timeToLive, "");

    /// <summary>The name does not exist, or has no address.</summary>
    public static DnsAnswer Empty(string reason) => new(DnsOutcome.Empty, [], null, reason);

    /// <summary>There was no usable answer.</summary>
    public static DnsAnswer Failed(string reason) => new(DnsOutcome.Failed, [], null, reason);
}

/// <summary>Whether a lookup found addresses.</summary>
internal enum DnsOutcome
{
    /// <summary>It did.</summary>
    Resolved,

    /// <summary>There is an answer, and it says that there are none.</summary>
    Empty,

    /// <summary>There is no answer: nobody to ask, too late, refused, malformed.</summary>
    Failed,
}

/// <summary>The ways to resolve.</summary>
/// <param name="System">As every other program of the machine resolves; knows no time to live.</param>
/// <param name="WithTimeToLive">For clusters with <see cref="DnsConfig.RespectsTimeToLive"/>.</param>
internal sealed record DnsResolvers(IDnsResolver System, IDnsResolver WithTimeToLive);
