using Envoy.Config.Cluster.V3;
using Envoy.Extensions.Upstreams.Http.V3;
using Zoneway.SniRouter.Clusters;

namespace Zoneway.Xds.Translation.Http;

/// <summary>envoy.extensions.upstreams.http.v3.HttpProtocolOptions of a cluster to <see cref="HttpProtocolConfig"/> (protocol §5.6).</summary>
internal static class HttpProtocolOptionsTranslator
{
    /// <summary>Translates typed_extension_protocol_options; what is returned must not be used when errors were noted.</summary>
    public static HttpProtocolConfig Translate(Cluster cluster, Findings findings)
    {
        var config = HttpProtocolConfig.Default;
        foreach (var (name, body) in cluster.TypedExtensionProtocolOptions)
        {
            var scope = findings.At($"typed_extension_protocol_options[{name}]");
            if (ResourceReader.TypeName(body) != HttpProtocolOptions.Descriptor.FullName)
            {
                scope.Ignore("", $"the options '{ResourceReader.TypeName(body)}' are not known");
            }
            else if (ResourceReader.Unpack(body, HttpProtocolOptions.Parser, scope, "") is { } message)
            {
                config = Translate(message, scope);
            }
        }

        return config;
    }

    private static HttpProtocolConfig Translate(HttpProtocolOptions message, Findings findings)
    {
        findings.IgnoreIf(message.HttpFilters.Count > 0, "http_filters", "filters of clusters are not run");
        findings.IgnoreIf(message.RequestMirrorPolicies.Count > 0, "request_mirror_policies", "requests are not mirrored");
        findings.RejectIf(message.ExplicitHttpConfig?.Http3ProtocolOptions is not null, "explicit_http_config", "HTTP/1.1 and HTTP/2 are spoken");
        var common = findings.At("common_http_protocol_options");
        var config = new HttpProtocolConfig
        {
            Version = TranslateVersion(message),
            IdleTimeout = HttpConnectionManagerTranslator.Limit(message.CommonHttpProtocolOptions?.IdleTimeout, common, "idle_timeout", TimeSpan.FromHours(1), "idle connections to endpoints end after"),
            MaxConnectionDuration = HttpConnectionManagerTranslator.Limit(message.CommonHttpProtocolOptions?.MaxConnectionDuration, common, "max_connection_duration", Timeout.InfiniteTimeSpan, "connections to endpoints last at most"),
            MaxStreamDuration = HttpConnectionManagerTranslator.Limit(message.CommonHttpProtocolOptions?.MaxStreamDuration, common, "max_stream_duration", Timeout.InfiniteTimeSpan, "requests take at most"),
        };
        findings.Enforce("", config.Version switch
        {
            UpstreamHttpVersion.Http2 => "HTTP/2 to endpoints",
            UpstreamHttpVersion.Auto => "HTTP/2 or HTTP/1.1 to endpoints, by ALPN",
            UpstreamHttpVersion.Downstream => "the HTTP of the client to endpoints",
            _ => "HTTP/1.1 to endpoints",
        });
        return config;
    }

    private static UpstreamHttpVersion TranslateVersion(HttpProtocolOptions message) => message.UpstreamProtocolOptionsCase switch
    {
        HttpProtocolOptions.UpstreamProtocolOptionsOneofCase.UseDownstreamProtocolConfig => UpstreamHttpVersion.Downstream,
        HttpProtocolOptions.UpstreamProtocolOptionsOneofCase.AutoConfig => UpstreamHttpVersion.Auto,
        _ => message.ExplicitHttpConfig?.Http2ProtocolOptions is not null ? UpstreamHttpVersion.Http2 : UpstreamHttpVersion.Http1,
    };
}
