using System.Collections.Immutable;
using Envoy.Config.Rbac.V3;
using Zoneway.Termination.Rbac;
using IdentifierCase = Envoy.Config.Rbac.V3.Principal.IdentifierOneofCase;

namespace Zoneway.Xds.Translation;

/// <summary>envoy.config.rbac.v3.Principal to <see cref="RbacCondition"/>: who may do it.</summary>
internal static class PrincipalTranslator
{
    /// <summary>Translates a principal; what is returned must not be used when errors were noted.</summary>
    public static RbacCondition Translate(Principal message, bool hasRequests, Findings findings)
    {
        switch (message.IdentifierCase)
        {
            case IdentifierCase.Any:
                return RbacConditions.Any(message.Any, findings);
            case IdentifierCase.AndIds:
                return new AndCondition(Translate(message.AndIds, hasRequests, findings.At("and_ids")));
            case IdentifierCase.OrIds:
                return new OrCondition(Translate(message.OrIds, hasRequests, findings.At("or_ids")));
            case IdentifierCase.NotId:
                return new NotCondition(Translate(message.NotId, hasRequests, findings.At("not_id")));
            case IdentifierCase.Authenticated:
                return message.Authenticated.PrincipalName is not { } name
                    ? new AuthenticatedCondition(null)
                    : RbacConditions.Text(StringMatcherTranslator.Translate(name, findings.At("authenticated").At("principal_name")), static value => new AuthenticatedCondition(value));
            case IdentifierCase.SourceIp:
                return RbacConditions.Address(message.SourceIp, static range => new SourceIpCondition(range), findings.At("source_ip"));
            case IdentifierCase.DirectRemoteIp:
                return RbacConditions.Address(message.DirectRemoteIp, static range => new SourceIpCondition(range), findings.At("direct_remote_ip"));
            case IdentifierCase.RemoteIp:
                return RbacConditions.Address(message.RemoteIp, static range => new SourceIpCondition(range), findings.At("remote_ip"));
            case IdentifierCase.Header:
                return RbacConditions.Header(message.Header, hasRequests, findings.At("header"));
            case IdentifierCase.UrlPath:
                return RbacConditions.UrlPath(message.UrlPath, findings.At("url_path"));
            case IdentifierCase.FilterState:
                return RbacConditions.FilterState(message.FilterState, findings.At("filter_state"));
            case IdentifierCase.None:
                return RbacConditions.Reject(findings, "", "an identifier is needed");
            default:
                return RbacConditions.Reject(findings, "", $"a principal by {message.IdentifierCase} cannot be evaluated");
        }
    }

    private static ImmutableArray<RbacCondition> Translate(Principal.Types.Set set, bool hasRequests, Findings findings)
    {
        findings.RejectIf(set.Ids.Count == 0, "ids", "at least one principal is needed");
        return [.. set.Ids.Select((id, i) => Translate(id, hasRequests, findings.At("ids", i)))];
    }
}
