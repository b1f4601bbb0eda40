using System.Collections.Immutable;
using Envoy.Config.Route.V3;
using Zoneway.Termination.Http;

namespace Zoneway.Xds.Translation.Http;

/// <summary>RouteConfiguration to <see cref="RouteTableConfig"/>.</summary>
internal static class RouteConfigurationTranslator
{
    /// <summary>Translates a table; what is returned must not be used when errors were noted.</summary>
    public static RouteTableConfig Translate(RouteConfiguration message, Findings findings)
    {
        findings.RejectUnsafeFields();
        findings.RejectIf(message.VirtualHosts.Sum(host => host.Routes.Count) > RouteTableConfig.MaxRoutes, "virtual_hosts", $"a table has at most {RouteTableConfig.MaxRoutes} routes");
        if (findings.HasErrors)
        {
            return new RouteTableConfig();
        }

        findings.IgnoreIf(message.InternalOnlyHeaders.Count > 0, "internal_only_headers", "no client counts as internal or external");
        var table = HeaderMutationTranslator.Translate(message.RequestHeadersToAdd, message.RequestHeadersToRemove, findings, "request_headers");
        var tableResponse = HeaderMutationTranslator.Translate(message.ResponseHeadersToAdd, message.ResponseHeadersToRemove, findings, "response_headers");
        var hosts = ImmutableArray.CreateBuilder<VirtualHostConfig>(message.VirtualHosts.Count);
        for (var i = 0; i < message.VirtualHosts.Count; i++)
        {
            hosts.Add(Translate(message.VirtualHosts[i], table, tableResponse, findings.At("virtual_hosts", i)));
        }

        return new RouteTableConfig
        {
            Name = message.Name,
            VirtualHosts = hosts.ToImmutable(),
            Overrides = HttpFilterTranslator.TranslateOverrides(message.TypedPerFilterConfig, findings),
        };
    }

    private static VirtualHostConfig Translate(VirtualHost message, ImmutableArray<HeaderMutation> table, ImmutableArray<HeaderMutation> tableResponse, Findings findings)
    {
        findings.RejectUnsafeFields();
        findings.RejectIf(message.Domains.Count == 0, "domains", "at least one domain is needed");
        findings.RejectIf(message.Domains.Any(domain => !VirtualHostConfig.IsValidDomain(domain)), "domains", "a domain has at most one asterisk, at its beginning or its end");
        findings.RejectIf(message.RequireTls == VirtualHost.Types.TlsRequirementType.ExternalOnly, "require_tls", "no client counts as internal or external");
        findings.IgnoreIf(message.RateLimits.Count > 0, "rate_limits", "there is no rate limit service");
        var host = new HostScope(
            HeaderMutationTranslator.Translate(message.RequestHeadersToAdd, message.RequestHeadersToRemove, findings, "request_headers").AddRange(table),
            HeaderMutationTranslator.Translate(message.ResponseHeadersToAdd, message.ResponseHeadersToRemove, findings, "response_headers").AddRange(tableResponse),
            message.RetryPolicy is null ? null : RetryPolicyTranslator.Translate(message.RetryPolicy, findings.At("retry_policy")));
        var routes = ImmutableArray.CreateBuilder<RouteConfig>(message.Routes.Count);
        for (var i = 0; i < message.Routes.Count; i++)
        {
            if (RouteTranslator.Translate(message.Routes[i], host, findings.At("routes", i)) is { } route)
            {
                routes.Add(route);
            }
        }

        return new VirtualHostConfig
        {
            Name = message.Name,
            Domains = [.. message.Domains],
            Routes = routes.ToImmutable(),
            Overrides = HttpFilterTranslator.TranslateOverrides(message.TypedPerFilterConfig, findings),
        };
    }
}

/// <summary>What the routes of a virtual host have in common.</summary>
/// <param name="RequestHeaders">Changes of its own and of its table.</param>
/// <param name="ResponseHeaders">The same for answers.</param>
/// <param name="Retries">For routes that have no policy of their own.</param>
internal sealed record HostScope(ImmutableArray<HeaderMutation> RequestHeaders, ImmutableArray<HeaderMutation> ResponseHeaders, RetryPolicyConfig? Retries);
