using System.Collections.Immutable;
using Zoneway.Termination.Rbac;
using Action = Envoy.Config.Rbac.V3.Action;
using Extension = global::Xds.Core.V3.TypedExtensionConfig;
using MatchMap = global::Xds.Type.Matcher.V3.Matcher.Types.MatcherTree.Types.MatchMap;
using Message = global::Xds.Type.Matcher.V3.Matcher;
using MessageCase = global::Xds.Type.Matcher.V3.Matcher.MatcherTypeOneofCase;
using OnMatch = global::Xds.Type.Matcher.V3.Matcher.Types.OnMatch;
using Tree = global::Xds.Type.Matcher.V3.Matcher.Types.MatcherTree;
using TreeCase = global::Xds.Type.Matcher.V3.Matcher.Types.MatcherTree.TreeTypeOneofCase;

namespace Zoneway.Xds.Translation;

/// <summary>xds.type.matcher.v3.Matcher to <see cref="RbacMatcherConfig"/>, for the inputs that Kuma sends (protocol §8) and their kin. Others are errors, as are other actions.</summary>
internal static class RbacMatcherTranslator
{
    /// <summary>Translates a matcher; what is returned must not be used when errors were noted.</summary>
    /// <param name="message">The matcher.</param>
    /// <param name="findings">Those of the matcher's own field.</param>
    /// <param name="actionType">The only type of action there may be, of which nothing counts but that it was led to; null for those of access control.</param>
    public static RbacMatcherConfig Translate(Message message, Findings findings, string? actionType = null) => new()
    {
        Matchers = message.MatcherTypeCase == MessageCase.MatcherList ? Translate(message.MatcherList, findings.At("matcher_list"), actionType) : [],
        Map = message.MatcherTypeCase == MessageCase.MatcherTree ? Translate(message.MatcherTree, findings.At("matcher_tree"), actionType) : null,
        OnNoMatch = message.OnNoMatch is null ? null : Translate(message.OnNoMatch, findings.At("on_no_match"), actionType),
    };

    private static ImmutableArray<RbacFieldMatcher> Translate(Message.Types.MatcherList list, Findings findings, string? actionType)
    {
        findings.RejectIf(list.Matchers.Count == 0, "matchers", "at least one matcher is needed");
        return [.. list.Matchers.Select((matcher, i) =>
        {
            var scope = findings.At("matchers", i);
            return new RbacFieldMatcher(RbacPredicateTranslator.Translate(matcher.Predicate, scope.At("predicate")), Translate(matcher.OnMatch, scope.At("on_match"), actionType));
        })];
    }

    private static RbacMatchMap? Translate(Tree tree, Findings findings, string? actionType)
    {
        var input = RbacPredicateTranslator.TranslateInput(tree.Input, findings.At("input"));
        switch (tree.TreeTypeCase)
        {
            case TreeCase.ExactMatchMap:
                return Translate(input, isPrefix: false, tree.ExactMatchMap, findings.At("exact_match_map"), actionType);
            case TreeCase.PrefixMatchMap:
                return Translate(input, isPrefix: true, tree.PrefixMatchMap, findings.At("prefix_match_map"), actionType);
            default:
                findings.Reject("", "only trees by whole values and by prefixes can be evaluated");
                return null;
        }
    }

    private static RbacMatchMap Translate(RbacInput input, bool isPrefix, MatchMap map, Findings findings, string? actionType)
    {
        findings.RejectIf(map.Map.Count == 0, "map", "at least one value is needed");
        return new RbacMatchMap(input, isPrefix, map.Map.Select(entry => KeyValuePair.Create(entry.Key, Translate(entry.Value, findings.At($"map[{entry.Key}]"), actionType))));
    }

    private static RbacOnMatch Translate(OnMatch? message, Findings findings, string? actionType)
    {
        findings.RejectIf(message is { KeepMatching: true }, "keep_matching", "an action that does not end the search cannot decide");
        switch (message?.OnMatchCase)
        {
            case OnMatch.OnMatchOneofCase.Action:
                return new RbacOnMatch(TranslateAction(message.Action, findings.At("action"), actionType), null);
            case OnMatch.OnMatchOneofCase.Matcher:
                return new RbacOnMatch(null, Translate(message.Matcher, findings.At("matcher"), actionType));
            default:
                findings.Reject("", "an action or a matcher is needed");
                return new RbacOnMatch(null, null);
        }
    }

    private static RbacMatchAction? TranslateAction(Extension message, Findings findings, string? actionType)
    {
        if (actionType is not null)
        {
            findings.RejectIf(ResourceReader.TypeName(message.TypedConfig) != actionType, "typed_config", $"the action '{ResourceReader.TypeName(message.TypedConfig)}' is not known here");
            return new RbacMatchAction(message.Name, RbacAction.Allow);
        }

        if (ResourceReader.TypeName(message.TypedConfig) != Action.Descriptor.FullName)
        {
            findings.Reject("typed_config", $"the action '{ResourceReader.TypeName(message.TypedConfig)}' is not known here");
            return null;
        }

        return ResourceReader.Unpack(message.TypedConfig, Action.Parser, findings, "typed_config") is { } action
            ? new RbacMatchAction(action.Name, RbacRulesTranslator.Translate(action.Action_, findings.At("typed_config")))
            : null;
    }
}
