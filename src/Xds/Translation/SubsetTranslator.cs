using System.Collections.Immutable;
using Envoy.Config.Cluster.V3;
using Google.Protobuf.Collections;
using Zoneway.SniRouter.Clusters;
using FallbackPolicy = Envoy.Config.Cluster.V3.Cluster.Types.LbSubsetConfig.Types.LbSubsetFallbackPolicy;
using SelectorFallbackPolicy = Envoy.Config.Cluster.V3.Cluster.Types.LbSubsetConfig.Types.LbSubsetSelector.Types.LbSubsetSelectorFallbackPolicy;
using SelectorMessage = Envoy.Config.Cluster.V3.Cluster.Types.LbSubsetConfig.Types.LbSubsetSelector;

namespace Zoneway.Xds.Translation;

/// <summary>Cluster.LbSubsetConfig to <see cref="SubsetConfig"/>.</summary>
internal static class SubsetTranslator
{
    /// <summary>Translates the subset configuration of a cluster; null when it has none.</summary>
    public static SubsetConfig? Translate(Cluster.Types.LbSubsetConfig? message, Findings findings)
    {
        if (message is null)
        {
            return null;
        }

        // These would let a route have endpoints that it gets no other way, or take them away from it.
        findings.RejectIf(message.ListAsAny, "list_as_any", "lists of values are not supported");
        findings.RejectIf(
            message.MetadataFallbackPolicy != Cluster.Types.LbSubsetConfig.Types.LbSubsetMetadataFallbackPolicy.MetadataNoFallback,
            "metadata_fallback_policy", "metadata fallback lists are not supported");
        findings.IgnoreIf(message.PanicModeAny, "panic_mode_any", "a subset without healthy endpoints is not replaced by another one");
        findings.IgnoreIf(message.LocalityWeightAware, "locality_weight_aware", "locality weights count in subsets as they do in the cluster");
        findings.IgnoreIf(message.ScaleLocalityWeight, "scale_locality_weight", "locality weights are not scaled");
        if (message.SubsetSelectors.Count > SubsetConfig.MaxSelectors)
        {
            findings.Reject("subset_selectors", $"{message.SubsetSelectors.Count} selectors are more than {SubsetConfig.MaxSelectors}");
            return null;
        }

        return new SubsetConfig
        {
            Selectors = TranslateSelectors(message.SubsetSelectors, findings),
            Fallback = Translate(message.FallbackPolicy, findings),
            DefaultSubset = MetadataTranslator.Translate(message.DefaultSubset),
        };
    }

    private static ImmutableArray<SubsetSelector> TranslateSelectors(RepeatedField<SelectorMessage> messages, Findings findings)
    {
        var selectors = ImmutableArray.CreateBuilder<SubsetSelector>(messages.Count);
        var keySets = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < messages.Count; i++)
        {
            var scope = findings.At("subset_selectors", i);
            var keys = SortedKeys(messages[i].Keys);
            if (keys.IsEmpty)
            {
                scope.Ignore("keys", "a selector without keys selects nothing");
            }
            else if (!keySets.Add(string.Join('\0', keys)))
            {
                scope.Ignore("keys", "a selector with the same keys is there before");
            }
            else
            {
                selectors.Add(TranslateSelector(messages[i], keys, scope));
            }
        }

        return selectors.ToImmutable();
    }

    private static SubsetSelector TranslateSelector(SelectorMessage message, ImmutableArray<string> keys, Findings findings)
    {
        findings.IgnoreIf(message.SingleHostPerSubset, "single_host_per_subset", "endpoints with equal values share a subset");
        var fallback = Translate(message.FallbackPolicy, findings);
        var fallbackKeys = SortedKeys(message.FallbackKeysSubset);
        var isSmaller = !fallbackKeys.IsEmpty && fallbackKeys.Length < keys.Length && fallbackKeys.All(keys.Contains);
        findings.RejectIf(fallback == SubsetFallback.KeysSubset && !isSmaller, "fallback_keys_subset", "the keys must be some of the selector's keys, and fewer");
        return new SubsetSelector { Keys = keys, Fallback = fallback, FallbackKeys = fallback == SubsetFallback.KeysSubset ? fallbackKeys : [] };
    }

    private static SubsetFallback Translate(FallbackPolicy policy, Findings findings)
    {
        switch (policy)
        {
            case FallbackPolicy.NoFallback:
                return SubsetFallback.NoFallback;
            case FallbackPolicy.AnyEndpoint:
                return SubsetFallback.AnyEndpoint;
            case FallbackPolicy.DefaultSubset:
                return SubsetFallback.DefaultSubset;
            default:
                findings.Reject("fallback_policy", $"fallback policy {policy} is not known");
                return SubsetFallback.NoFallback;
        }
    }

    private static SubsetFallback? Translate(SelectorFallbackPolicy policy, Findings findings)
    {
        switch (policy)
        {
            case SelectorFallbackPolicy.NotDefined:
                return null;
            case SelectorFallbackPolicy.NoFallback:
                return SubsetFallback.NoFallback;
            case SelectorFallbackPolicy.AnyEndpoint:
                return SubsetFallback.AnyEndpoint;
            case SelectorFallbackPolicy.DefaultSubset:
                return SubsetFallback.DefaultSubset;
            case SelectorFallbackPolicy.KeysSubset:
                return SubsetFallback.KeysSubset;
            default:
                findings.Reject("fallback_policy", $"fallback policy {policy} is not known");
                return null;
        }
    }

    private static ImmutableArray<string> SortedKeys(IEnumerable<string> keys) => [.. keys.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}
