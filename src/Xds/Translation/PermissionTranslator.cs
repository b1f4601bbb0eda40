using System.Collections.Immutable;
using Envoy.Config.Rbac.V3;
using Zoneway.Termination.Rbac;
using RuleCase = Envoy.Config.Rbac.V3.Permission.RuleOneofCase;

namespace Zoneway.Xds.Translation;

/// <summary>envoy.config.rbac.v3.Permission to <see cref="RbacCondition"/>: what may be done.</summary>
internal static class PermissionTranslator
{
    private const int MaxPort = 65535;

    /// <summary>Translates a permission; what is returned must not be used when errors were noted.</summary>
    public static RbacCondition Translate(Permission message, bool hasRequests, Findings findings)
    {
        switch (message.RuleCase)
        {
            case RuleCase.Any:
                return RbacConditions.Any(message.Any, findings);
            case RuleCase.AndRules:
                return new AndCondition(Translate(message.AndRules, hasRequests, findings.At("and_rules")));
            case RuleCase.OrRules:
                return new OrCondition(Translate(message.OrRules, hasRequests, findings.At("or_rules")));
            case RuleCase.NotRule:
                return new NotCondition(Translate(message.NotRule, hasRequests, findings.At("not_rule")));
            case RuleCase.Header:
                return RbacConditions.Header(message.Header, hasRequests, findings.At("header"));
            case RuleCase.UrlPath:
                return RbacConditions.UrlPath(message.UrlPath, findings.At("url_path"));
            case RuleCase.DestinationIp:
                return RbacConditions.Address(message.DestinationIp, static range => new DestinationIpCondition(range), findings.At("destination_ip"));
            case RuleCase.DestinationPort:
                findings.RejectIf(message.DestinationPort > MaxPort, "destination_port", "no port is above 65535");
                return new DestinationPortCondition((int)Math.Min(message.DestinationPort, MaxPort), (int)Math.Min(message.DestinationPort, MaxPort) + 1);
            case RuleCase.DestinationPortRange:
                var range = message.DestinationPortRange;
                findings.RejectIf(range.Start < 0 || range.End > MaxPort + 1 || range.Start >= range.End, "destination_port_range", "the range is empty or no range of ports");
                return new DestinationPortCondition(range.Start, range.End);
            case RuleCase.RequestedServerName:
                return RbacConditions.Text(StringMatcherTranslator.Translate(message.RequestedServerName, findings.At("requested_server_name")), static value => new ServerNameCondition(value));
            case RuleCase.None:
                return RbacConditions.Reject(findings, "", "a rule is needed");
            default:
                return RbacConditions.Reject(findings, "", $"a permission by {message.RuleCase} cannot be evaluated");
        }
    }

    private static ImmutableArray<RbacCondition> Translate(Permission.Types.Set set, bool hasRequests, Findings findings)
    {
        findings.RejectIf(set.Rules.Count == 0, "rules", "at least one rule is needed");
        return [.. set.Rules.Select((rule, i) => Translate(rule, hasRequests, findings.At("rules", i)))];
    }
}
