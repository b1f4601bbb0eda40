using System.Collections.Immutable;

namespace Zoneway.SniRouter.Routing;

/// <summary>
/// Makes the filter chains of a listener reachable under the SNI forms of other Kuma generations too, where it is certain what they stand for, so that zones can talk while
/// they are upgraded one after the other. A name that a chain has of its own is never touched.
/// </summary>
internal static class SniAliases
{
    /// <summary>The listener with the aliases among its chains' server names.</summary>
    /// <param name="listener">What the control plane said.</param>
    /// <param name="ambiguous">Takes the names that would stand for more than one service, and are nobody's.</param>
    public static ListenerConfig Apply(ListenerConfig listener, ICollection<string> ambiguous)
    {
        var own = listener.FilterChains.SelectMany(static chain => chain.Match.ServerNames).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var claims = new Dictionary<string, Claim>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < listener.FilterChains.Length; i++)
        {
            if (Identify(listener.FilterChains[i]) is { } identity)
            {
                foreach (var alias in AliasesOf(identity).Where(alias => !own.Contains(alias)))
                {
                    claims[alias] = claims.TryGetValue(alias, out var other) ? other.Merge(i, identity) : new Claim(i, identity, IsAmbiguous: false);
                }
            }
        }

        foreach (var (alias, _) in claims.Where(static claim => claim.Value.IsAmbiguous))
        {
            ambiguous.Add(alias);
        }

        var aliases = claims.Where(static claim => !claim.Value.IsAmbiguous).ToLookup(static claim => claim.Value.Chain, static claim => claim.Key);
        return aliases.Count == 0 ? listener : listener with { FilterChains = [.. listener.FilterChains.Select((chain, index) => With(chain, aliases[index]))] };
    }

    private static FilterChainConfig With(FilterChainConfig chain, IEnumerable<string> aliases) =>
        aliases.Order(StringComparer.Ordinal).ToImmutableArray() is { Length: > 0 } names
            ? chain with { Match = chain.Match with { ServerNames = chain.Match.ServerNames.AddRange(names) } }
            : chain;

    /// <summary>What a chain stands for; null for one that refuses, has several names or clusters, asks for a subset, or is not understood.</summary>
    private static ServiceIdentity? Identify(FilterChainConfig chain) =>
        chain is { Match: { ServerNames: [var name], TransportProtocol: not TransportProtocol.RawBuffer }, Action: TcpProxyConfig { Clusters: [{ MetadataMatch.Count: 0 } cluster] } }
            ? SniFormats.Parse(name, cluster.Cluster)
            : null;

    private static IEnumerable<string> AliasesOf(ServiceIdentity identity)
    {
        string?[] forms = [SniFormats.ToTags(identity), SniFormats.ToHashed(identity), SniFormats.ToKri(identity)];
        return forms.OfType<string>();
    }

    /// <summary>Who wants a name.</summary>
    private sealed record Claim(int Chain, ServiceIdentity Identity, bool IsAmbiguous)
    {
        /// <summary>The claim when another chain wants the name as well: the same service may have it once, and the chain that knows more of it is preferred.</summary>
        public Claim Merge(int chain, ServiceIdentity identity) =>
            IsAmbiguous || !Identity.IsCompatibleWith(identity) ? this with { IsAmbiguous = true }
            : Identity.Zone is null && identity.Zone is not null ? new Claim(chain, identity, IsAmbiguous: false)
            : this;
    }
}
