using System.Collections.Immutable;
using Zoneway.SniRouter.Routing;

namespace Zoneway.Xds.Translation;

/// <summary>
/// Gives chains whose match was not understood the widest place they can have had: every connection for one of their server names is refused,
/// or, when they name none, every connection that no server name claims. So their traffic cannot get into another chain.
/// </summary>
internal static class FilterChainPlacement
{
    /// <summary>The chains as they are to be served.</summary>
    public static ImmutableArray<FilterChainConfig> Arrange(IReadOnlyCollection<TranslatedFilterChain> chains)
    {
        var misplaced = chains.Where(chain => !chain.IsPlaced).Select(chain => chain.Config).ToList();
        if (misplaced.Count == 0)
        {
            return [.. chains.Select(chain => chain.Config)];
        }

        var closed = misplaced.SelectMany(chain => chain.Match.ServerNames).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var catchAll = misplaced.Find(chain => chain.Match.ServerNames.IsEmpty);
        var result = ImmutableArray.CreateBuilder<FilterChainConfig>(chains.Count);
        foreach (var chain in chains.Where(chain => chain.IsPlaced))
        {
            if (Without(chain.Config, closed, catchAll is not null) is { } remaining)
            {
                result.Add(remaining);
            }
        }

        foreach (var chain in misplaced.Where(chain => !chain.Match.ServerNames.IsEmpty))
        {
            // Each name once: the first of several chains that claim it speaks for all.
            var names = chain.Match.ServerNames.RemoveAll(name => !closed.Remove(name));
            if (!names.IsEmpty)
            {
                result.Add(chain with { Match = new FilterChainMatch { ServerNames = names } });
            }
        }

        if (catchAll is not null)
        {
            result.Add(catchAll with { Match = FilterChainMatch.Any });
        }

        return result.ToImmutable();
    }

    private static FilterChainConfig? Without(FilterChainConfig chain, HashSet<string> closed, bool catchAllClosed)
    {
        if (chain.Match.ServerNames.IsEmpty)
        {
            return catchAllClosed ? null : chain;
        }

        var names = chain.Match.ServerNames.RemoveAll(closed.Contains);
        return names.IsEmpty ? null
            : names.Length == chain.Match.ServerNames.Length ? chain
            : chain with { Match = chain.Match with { ServerNames = names } };
    }
}
