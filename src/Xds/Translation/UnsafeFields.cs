using Envoy.Config.Cluster.V3;
using Envoy.Config.Core.V3;
using Envoy.Config.Listener.V3;
using Envoy.Config.Rbac.V3;
using Envoy.Config.Route.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;
using global::Xds.Type.Matcher.V3;
using Google.Protobuf.Reflection;

namespace Zoneway.Xds.Translation;

/// <summary>
/// The fields that our messages do not declare and that must not be overlooked, as they decide where traffic goes or who may send it.
/// All other undeclared fields are ignored.
/// </summary>
internal static class UnsafeFields
{
    // Every undeclared field counts, as these messages are declared in full, but for those known to be harmless.
    private static readonly Dictionary<MessageDescriptor, (int Number, string Name)[]> HarmlessFields = new()
    {
        [FilterChainMatch.Descriptor] = [],
        [FilterChain.Descriptor] = [(8, "on_demand_configuration")],
        [Filter.Descriptor] = [],
        [Address.Descriptor] = [],
        [SocketAddress.Descriptor] = [],
        [RouteMatch.Descriptor] = [],
        [QueryParameterMatcher.Descriptor] = [],
        [HeaderMatcher.Descriptor] = [],
        [Envoy.Type.V3.Int64Range.Descriptor] = [],
        [Envoy.Type.Matcher.V3.StringMatcher.Descriptor] = [],
        [Envoy.Type.Matcher.V3.RegexMatcher.Descriptor] = [],
        [global::Xds.Type.Matcher.V3.StringMatcher.Descriptor] = [],
        [global::Xds.Type.Matcher.V3.RegexMatcher.Descriptor] = [],
        [Envoy.Type.Matcher.V3.PathMatcher.Descriptor] = [],
        [Envoy.Type.Matcher.V3.FilterStateMatcher.Descriptor] = [],
        [Envoy.Type.V3.Int32Range.Descriptor] = [],
        [CidrRange.Descriptor] = [],
        [DownstreamTlsContext.Descriptor] = [],
        [UpstreamTlsContext.Descriptor] = [],
        [CommonTlsContext.Descriptor] = [],
        [CommonTlsContext.Types.CombinedCertificateValidationContext.Descriptor] = [],
        [CertificateValidationContext.Descriptor] = [],
        [SubjectAltNameMatcher.Descriptor] = [],
        [SPIFFECertValidatorConfig.Descriptor] = [],
        [SPIFFECertValidatorConfig.Types.TrustDomain.Descriptor] = [],
        [Envoy.Extensions.Filters.Network.Rbac.V3.RBAC.Descriptor] = [],
        [Envoy.Extensions.Filters.Http.Rbac.V3.RBAC.Descriptor] = [],
        [Envoy.Extensions.Filters.Http.Rbac.V3.RBACPerRoute.Descriptor] = [],
        [RBAC.Descriptor] = [],
        [Policy.Descriptor] = [],
        [Permission.Descriptor] = [],
        [Permission.Types.Set.Descriptor] = [],
        [Principal.Descriptor] = [],
        [Principal.Types.Set.Descriptor] = [],
        [Principal.Types.Authenticated.Descriptor] = [],
        [Envoy.Config.Rbac.V3.Action.Descriptor] = [],
        [Matcher.Descriptor] = [],
        [Matcher.Types.OnMatch.Descriptor] = [],
        [Matcher.Types.MatcherList.Descriptor] = [],
        [Matcher.Types.MatcherList.Types.FieldMatcher.Descriptor] = [],
        [Matcher.Types.MatcherList.Types.Predicate.Descriptor] = [],
        [Matcher.Types.MatcherList.Types.Predicate.Types.SinglePredicate.Descriptor] = [],
        [Matcher.Types.MatcherList.Types.Predicate.Types.PredicateList.Descriptor] = [],
        [Matcher.Types.MatcherTree.Descriptor] = [],
        [Matcher.Types.MatcherTree.Types.MatchMap.Descriptor] = [],
    };

    private static readonly Dictionary<MessageDescriptor, (int Number, string Name)[]> HarmfulFields = new()
    {
        [Listener.Descriptor] =
            [(18, "udp_listener_config"), (19, "api_listener"), (27, "internal_listener"), (32, "filter_chain_matcher"), (36, "fcds_config")],
        [Cluster.Descriptor] = [(38, "cluster_type"), (40, "filters")],
        [HttpConnectionManager.Descriptor] = [(31, "scoped_routes")],
        [RouteAction.Descriptor] =
            [(29, "host_rewrite_header"), (35, "host_rewrite_path_regex"), (37, "cluster_specifier_plugin"), (39, "inline_cluster_specifier_plugin"), (41, "path_rewrite_policy")],
    };

    /// <summary>Whether an undeclared field, by number, must not be overlooked.</summary>
    public static bool Contains(MessageDescriptor message, int number) =>
        (HarmlessFields.TryGetValue(message, out var harmless) && !Array.Exists(harmless, field => field.Number == number))
        || (HarmfulFields.TryGetValue(message, out var harmful) && Array.Exists(harmful, field => field.Number == number));

    /// <summary>Whether an undeclared field, by its name in protobuf or in JSON, must not be overlooked.</summary>
    public static bool Contains(MessageDescriptor message, string name) =>
        (HarmlessFields.TryGetValue(message, out var harmless) && !Array.Exists(harmless, field => IsNamed(field.Name, name)))
        || (HarmfulFields.TryGetValue(message, out var harmful) && Array.Exists(harmful, field => IsNamed(field.Name, name)));

    private static bool IsNamed(string field, string name) =>
        string.Equals(field.Replace("_", "", StringComparison.Ordinal), name.Replace("_", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);
}
