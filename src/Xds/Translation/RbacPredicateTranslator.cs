using System.Collections.Immutable;
using Envoy.Extensions.Matching.CommonInputs.Network.V3;
using Envoy.Extensions.Matching.CommonInputs.Ssl.V3;
using Zoneway.Termination.Rbac;
using Extension = global::Xds.Core.V3.TypedExtensionConfig;
using Predicate = global::Xds.Type.Matcher.V3.Matcher.Types.MatcherList.Types.Predicate;
using PredicateCase = global::Xds.Type.Matcher.V3.Matcher.Types.MatcherList.Types.Predicate.MatchTypeOneofCase;

namespace Zoneway.Xds.Translation;

/// <summary>xds.type.matcher.v3.Matcher.MatcherList.Predicate to <see cref="RbacCondition"/>.</summary>
internal static class RbacPredicateTranslator
{
    /// <summary>Translates a predicate; what is returned must not be used when errors were noted.</summary>
    public static RbacCondition Translate(Predicate? message, Findings findings) => message?.MatchTypeCase switch
    {
        PredicateCase.SinglePredicate => Translate(message.SinglePredicate, findings.At("single_predicate")),
        PredicateCase.OrMatcher => new OrCondition(Translate(message.OrMatcher, findings.At("or_matcher"))),
        PredicateCase.AndMatcher => new AndCondition(Translate(message.AndMatcher, findings.At("and_matcher"))),
        PredicateCase.NotMatcher => new NotCondition(Translate(message.NotMatcher, findings.At("not_matcher"))),
        _ => RbacConditions.Reject(findings, "", "a predicate is needed"),
    };

    /// <summary>Translates an input; one that is not known is an error.</summary>
    public static RbacInput TranslateInput(Extension? message, Findings findings)
    {
        var type = ResourceReader.TypeName(message?.TypedConfig);

        // None of these messages has a field; one that has must not be overlooked.
        findings.RejectIf(message is { TypedConfig.Value.IsEmpty: false }, "typed_config", "the fields of the input are not known");
        if (type == ServerNameInput.Descriptor.FullName)
        {
            return RbacInput.ServerName;
        }

        if (type == UriSanInput.Descriptor.FullName)
        {
            return RbacInput.UriSan;
        }

        if (type == DnsSanInput.Descriptor.FullName)
        {
            return RbacInput.DnsSan;
        }

        findings.RejectIf(type != SubjectInput.Descriptor.FullName, "typed_config", $"the input '{type}' is not known");
        return RbacInput.Subject;
    }

    private static RbacCondition Translate(Predicate.Types.SinglePredicate message, Findings findings)
    {
        var input = TranslateInput(message.Input, findings.At("input"));
        return message.CustomMatch is not null
            ? RbacConditions.Reject(findings, "custom_match", "matchers that are extensions are not known")
            : RbacConditions.Text(StringMatcherTranslator.Translate(message.ValueMatch, findings.At("value_match")), value => new InputCondition(input, value));
    }

    private static ImmutableArray<RbacCondition> Translate(Predicate.Types.PredicateList list, Findings findings)
    {
        findings.RejectIf(list.Predicate.Count == 0, "predicate", "at least one predicate is needed");
        return [.. list.Predicate.Select((predicate, i) => Translate(predicate, findings.At("predicate", i)))];
    }
}
