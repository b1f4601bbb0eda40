using System.Collections.Immutable;
using Envoy.Extensions.Common.Matching.V3;
using Envoy.Extensions.Filters.Common.Matcher.Action.V3;
using Envoy.Extensions.Filters.Http.Buffer.V3;
using Envoy.Extensions.Filters.Http.Fault.V3;
using Envoy.Extensions.Filters.Http.LocalRatelimit.V3;
using Envoy.Extensions.Filters.Http.Rbac.V3;
using Envoy.Extensions.Filters.Http.Router.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Zoneway.Termination.Http;
using Buffer = Envoy.Extensions.Filters.Http.Buffer.V3.Buffer;

namespace Zoneway.Xds.Translation.Http;

/// <summary>
/// The filters of a connection manager (protocol §8), found by the type of their configuration. One that is not known refuses its chain, for it may be there to keep someone out;
/// one that is optional is left out.
/// </summary>
internal static class HttpFilterTranslator
{
    private static readonly string Rbac = RBAC.Descriptor.FullName;
    private static readonly string RbacPerRoute = RBACPerRoute.Descriptor.FullName;
    private static readonly string Fault = HTTPFault.Descriptor.FullName;
    private static readonly string RateLimit = LocalRateLimit.Descriptor.FullName;
    private static readonly string Conditional = ExtensionWithMatcher.Descriptor.FullName;
    private static readonly string BodyLimit = Buffer.Descriptor.FullName;
    private static readonly string BodyLimitPerRoute = BufferPerRoute.Descriptor.FullName;
    private static readonly string RouterType = Router.Descriptor.FullName;

    // They watch, and decide nothing; what they would change of an answer is only its form.
    private static readonly string[] Harmless =
    [
        "envoy.extensions.filters.http.compressor.v3.Compressor", "envoy.extensions.filters.http.grpc_stats.v3.FilterConfig", "envoy.extensions.filters.http.tap.v3.Tap",
    ];

    /// <summary>Translates the filters before the router; what is returned must not be used when errors were noted.</summary>
    public static ImmutableArray<HttpFilterConfig> Translate(RepeatedField<HttpFilter> messages, Findings findings)
    {
        var filters = ImmutableArray.CreateBuilder<HttpFilterConfig>();
        var hasRouter = false;
        for (var i = 0; i < messages.Count; i++)
        {
            var scope = findings.At("http_filters", i);
            scope.RejectIf(hasRouter, "", "nothing may follow the router");
            scope.RejectIf(messages[i].ConfigDiscovery is not null, "config_discovery", "filters have to be given with their configuration");
            hasRouter |= ResourceReader.TypeName(messages[i].TypedConfig) == RouterType;
            if (messages[i].Disabled)
            {
                scope.Ignore("disabled", "the filter is off, and routes cannot switch it on");
            }
            else if (!hasRouter && messages[i].TypedConfig is { } body && Translate(messages[i].Name, body, messages[i].IsOptional, scope.At("typed_config")) is { } filter)
            {
                filters.Add(filter);
            }
        }

        // Kuma's own golden files leave routes and router out where a test is not about them; without them nothing is forwarded.
        findings.IgnoreIf(!hasRouter, "http_filters", "there is no router: requests are forwarded by their routes all the same");
        return filters.ToImmutable();
    }

    /// <summary>Translates typed_per_filter_config.</summary>
    public static FilterOverrides TranslateOverrides(MapField<string, Any> messages, Findings findings)
    {
        if (messages.Count == 0)
        {
            return FilterOverrides.None;
        }

        var filters = ImmutableDictionary.CreateBuilder<string, HttpFilterConfig>(StringComparer.Ordinal);
        foreach (var (name, body) in messages)
        {
            var scope = findings.At($"typed_per_filter_config[{name}]");
            if (ResourceReader.TypeName(body) == RbacPerRoute)
            {
                if (ResourceReader.Unpack(body, RBACPerRoute.Parser, scope, "") is { } perRoute)
                {
                    filters[name] = perRoute.Rbac is not null && TranslateRbac(name, perRoute.Rbac, scope.At("rbac")) is { } own ? own : new DisabledFilterConfig(name);
                }
            }
            else if (ResourceReader.TypeName(body) == BodyLimitPerRoute)
            {
                if (ResourceReader.Unpack(body, BufferPerRoute.Parser, scope, "") is { } perRoute && HttpBodyLimitTranslator.Translate(name, perRoute, scope) is { } own)
                {
                    filters[name] = own;
                }
            }
            else if (Translate(name, body, isOptional: false, scope) is { } filter)
            {
                filters[name] = filter;
            }
        }

        return new FilterOverrides(filters.ToImmutable());
    }

    private static HttpFilterConfig? Translate(string name, Any body, bool isOptional, Findings findings)
    {
        var type = ResourceReader.TypeName(body);
        if (type == Rbac)
        {
            return ResourceReader.Unpack(body, RBAC.Parser, findings, "") is { } rbac ? TranslateRbac(name, rbac, findings) : null;
        }

        if (type == Fault)
        {
            return ResourceReader.Unpack(body, HTTPFault.Parser, findings, "") is { } fault ? HttpFaultTranslator.Translate(name, fault, findings) : null;
        }

        if (type == RateLimit)
        {
            return ResourceReader.Unpack(body, LocalRateLimit.Parser, findings, "") is { } limit ? HttpRateLimitTranslator.Translate(name, limit, findings) : null;
        }

        if (type == BodyLimit)
        {
            return ResourceReader.Unpack(body, Buffer.Parser, findings, "") is { } limit ? HttpBodyLimitTranslator.Translate(name, limit, findings) : null;
        }

        if (type == Conditional)
        {
            return ResourceReader.Unpack(body, ExtensionWithMatcher.Parser, findings, "") is { } conditional ? TranslateConditional(name, conditional, isOptional, findings) : null;
        }

        if (isOptional || Harmless.Contains(type))
        {
            findings.Ignore("", $"the filter '{type}' is not available");
            return null;
        }

        findings.Reject("", type.Length == 0 ? "a typed configuration is needed" : $"the HTTP filter '{type}' is not known");
        return null;
    }

    private static HttpRbacFilterConfig? TranslateRbac(string name, RBAC message, Findings findings) =>
        RbacTranslator.Translate(message, findings) is { } rbac ? new HttpRbacFilterConfig(name, rbac) : null;

    private static ConditionalFilterConfig? TranslateConditional(string name, ExtensionWithMatcher message, bool isOptional, Findings findings)
    {
        findings.RejectUnsafeFieldsWithin();
        findings.RejectIf(message.Matcher is not null || message.XdsMatcher is null, "xds_matcher", "a matcher is needed, in the form of xds.type.matcher.v3");
        var inner = message.ExtensionConfig?.TypedConfig is { } body ? Translate(name, body, isOptional, findings.At("extension_config").At("typed_config")) : null;
        var skips = message.XdsMatcher is null ? null : RbacMatcherTranslator.Translate(message.XdsMatcher, findings.At("xds_matcher"), SkipFilter.Descriptor.FullName);
        return inner is null || skips is null ? null : new ConditionalFilterConfig(name, skips, inner);
    }
}
