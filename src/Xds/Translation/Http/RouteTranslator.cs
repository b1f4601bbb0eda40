using System.Collections.Immutable;
using System.Text;
using Envoy.Config.Core.V3;
using Envoy.Config.Route.V3;
using Zoneway.Termination.Http;
using RouteConfig = Zoneway.Termination.Http.RouteConfig;
using WeightedCluster = Zoneway.SniRouter.Routing.WeightedCluster;

namespace Zoneway.Xds.Translation.Http;

/// <summary>envoy.config.route.v3.Route to <see cref="RouteConfig"/>.</summary>
internal static class RouteTranslator
{
    /// <summary>Translates a route; null when errors were noted.</summary>
    public static RouteConfig? Translate(Route message, HostScope host, Findings findings)
    {
        findings.RejectUnsafeFields();
        var match = RouteMatchTranslator.Translate(message.Match ?? new(), findings.At("match"));
        RouteActionConfig? action = message.ActionCase switch
        {
            Route.ActionOneofCase.Route_ => TranslateForward(message, host, findings.At("route")),
            Route.ActionOneofCase.Redirect => RedirectTranslator.Translate(message.Redirect, ResponseHeaders(message, host, findings), findings.At("redirect")),
            Route.ActionOneofCase.DirectResponse => TranslateDirect(message.DirectResponse, ResponseHeaders(message, host, findings), findings.At("direct_response")),
            _ => null,
        };
        findings.RejectIf(action is null && !findings.HasErrors, "", "an action is needed");
        var overrides = HttpFilterTranslator.TranslateOverrides(message.TypedPerFilterConfig, findings);
        return match is null || action is null || findings.HasErrors ? null : new RouteConfig { Name = message.Name, Match = match, Action = action, Overrides = overrides };
    }

    private static ImmutableArray<HeaderMutation> ResponseHeaders(Route route, HostScope host, Findings findings) =>
        HeaderMutationTranslator.Translate(route.ResponseHeadersToAdd, route.ResponseHeadersToRemove, findings, "response_headers").AddRange(host.ResponseHeaders);

    private static ForwardActionConfig? TranslateForward(Route route, HostScope host, Findings findings)
    {
        var message = route.Route_;
        findings.RejectUnsafeFields();
        var clusters = TranslateClusters(message, findings);
        var forward = new ForwardConfig
        {
            Timeout = HttpConnectionManagerTranslator.Limit(message.Timeout, findings, "timeout", TimeSpan.FromSeconds(15), "answers are complete within"),
            IdleTimeout = message.IdleTimeout is null ? null : HttpConnectionManagerTranslator.Limit(message.IdleTimeout, findings, "idle_timeout", TimeSpan.FromMinutes(5), "requests that are silent end after"),
            MaxStreamDuration = HttpConnectionManagerTranslator.Limit(message.MaxStreamDuration?.MaxStreamDuration_, findings.At("max_stream_duration"), "max_stream_duration", Timeout.InfiniteTimeSpan, "requests take at most"),
            HostLiteral = message.HostRewriteLiteral,
            RewritesHost = message.AutoHostRewrite == true,
            AppendsForwardedHost = message.AppendXForwardedHost,
            Retries = message.RetryPolicy is null ? host.Retries : RetryPolicyTranslator.Translate(message.RetryPolicy, findings.At("retry_policy")),
            RequestHeaders = HeaderMutationTranslator.Translate(route.RequestHeadersToAdd, route.RequestHeadersToRemove, findings, "request_headers").AddRange(host.RequestHeaders),
            ResponseHeaders = ResponseHeaders(route, host, findings),
        };
        findings.RejectIf(forward.HostLiteral.AsSpan().ContainsAny("\r\n\0 "), "host_rewrite_literal", "this is no host");
        var rewrite = PathRewriteTranslator.Translate(message.PrefixRewrite, message.RegexRewrite, findings);
        var hashes = TranslateHashPolicies(message, findings);
        if (findings.HasErrors)
        {
            return null;
        }

        NoteForward(message, clusters, forward, findings);
        return new ForwardActionConfig(clusters, forward)
        {
            PathRewrite = rewrite,
            HashPolicies = hashes,
        };
    }

    private static void NoteForward(RouteAction message, ImmutableArray<WeightedCluster> clusters, ForwardConfig forward, Findings findings)
    {
        var host = forward.HostLiteral.Length > 0 ? $", host {forward.HostLiteral}" : forward.RewritesHost ? ", host name of the endpoint" : "";
        var path = message.PrefixRewrite.Length > 0 ? $", path {message.PrefixRewrite}" : "";
        findings.Enforce("", $"requests go to {string.Join(", ", clusters.Select(cluster => clusters.Length > 1 ? $"{cluster.Cluster} ({cluster.Weight})" : cluster.Cluster))}{host}{path}");
    }

    private static ImmutableArray<WeightedCluster> TranslateClusters(RouteAction message, Findings findings)
    {
        var metadata = MetadataTranslator.Translate(message.MetadataMatch);
        switch (message.ClusterSpecifierCase)
        {
            case RouteAction.ClusterSpecifierOneofCase.Cluster:
                findings.RejectIf(message.Cluster.Length == 0, "cluster", "a cluster is needed");
                return [new WeightedCluster(message.Cluster, 1, metadata)];
            case RouteAction.ClusterSpecifierOneofCase.WeightedClusters:
                findings.RejectIf(message.WeightedClusters.HeaderName.Length > 0 || message.WeightedClusters.UseHashPolicy == true, "weighted_clusters", "clusters take turns, by nothing else");
                var clusters = message.WeightedClusters.Clusters.Where(cluster => (cluster.Weight ?? 0) > 0).ToList();
                findings.RejectIf(clusters.Count == 0 || clusters.Exists(cluster => cluster.Name.Length == 0), "weighted_clusters.clusters", "at least one cluster with a name and a weight is needed");
                findings.RejectIf(clusters.Sum(cluster => (long)cluster.Weight!.Value) > uint.MaxValue, "weighted_clusters.clusters", "the weights add up to too much");
                return [.. clusters.Select(cluster => new WeightedCluster(cluster.Name, cluster.Weight!.Value, cluster.MetadataMatch is null ? metadata : MetadataTranslator.Translate(cluster.MetadataMatch)))];
            default:
                findings.Reject("", "requests can go to a cluster, or to weighted clusters");
                return [];
        }
    }

    private static ImmutableArray<HashPolicyConfig> TranslateHashPolicies(RouteAction message, Findings findings)
    {
        var policies = ImmutableArray.CreateBuilder<HashPolicyConfig>();
        for (var i = 0; i < message.HashPolicy.Count; i++)
        {
            var policy = message.HashPolicy[i];
            var config = policy switch
            {
                { Header: { } header } => new HashPolicyConfig(HashSource.Header, header.HeaderName, policy.Terminal)
                {
                    Rewrite = header.RegexRewrite is null ? null : PathRewriteTranslator.TranslateRegex(header.RegexRewrite, findings.At($"hash_policy[{i}].header.regex_rewrite")),
                },
                { Cookie: { } cookie } => new HashPolicyConfig(HashSource.Cookie, cookie.Name, policy.Terminal),
                { QueryParameter: { } parameter } => new HashPolicyConfig(HashSource.QueryParameter, parameter.Name, policy.Terminal),
                { ConnectionProperties.SourceIp: true } => new HashPolicyConfig(HashSource.SourceIp, "", policy.Terminal),
                { FilterState: { } state } => new HashPolicyConfig(HashSource.FilterState, state.Key, policy.Terminal),
                _ => null,
            };
            findings.IgnoreIf(config is null, $"hash_policy[{i}]", "requests are not hashed by this");
            findings.IgnoreIf(policy.Cookie?.Ttl is not null, $"hash_policy[{i}].cookie.ttl", "no cookies are made");
            if (config is not null)
            {
                findings.Enforce($"hash_policy[{i}]", $"hash of {config.Source} {config.Name}{(config.IsTerminal ? ", the last one when there is one" : "")}");
                policies.Add(config);
            }
        }

        return policies.ToImmutable();
    }

    private static DirectActionConfig? TranslateDirect(DirectResponseAction message, ImmutableArray<HeaderMutation> responseHeaders, Findings findings)
    {
        findings.RejectIf(message.Status is < 200 or > 599, "status", "a status lies between 200 and 599");
        findings.IgnoreIf(message.BodyFormat is not null, "body_format", "bodies are sent as they are");
        var body = message.Body?.SpecifierCase switch
        {
            null => "",
            DataSource.SpecifierOneofCase.InlineString => message.Body.InlineString,
            DataSource.SpecifierOneofCase.InlineBytes => Encoding.UTF8.GetString(message.Body.InlineBytes.Span),
            _ => null,
        };
        findings.RejectIf(body is null, "body", "only inline bytes and strings are supported");
        findings.Enforce("", $"answers with {message.Status}");
        return body is null ? null : new DirectActionConfig(new LocalReply((int)message.Status, "direct_response", body) { Headers = responseHeaders });
    }
}
