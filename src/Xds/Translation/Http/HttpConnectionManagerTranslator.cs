using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Google.Protobuf.WellKnownTypes;
using Zoneway.Termination.Http;
using EscapedSlashesAction = Envoy.Extensions.Filters.Network.HttpConnectionManager.V3.HttpConnectionManager.Types.PathWithEscapedSlashesAction;

namespace Zoneway.Xds.Translation.Http;

/// <summary>HttpConnectionManager to <see cref="HttpConnectionManagerConfig"/> (protocol §5.5, §8).</summary>
internal static class HttpConnectionManagerTranslator
{
    /// <summary>Translates a connection manager; null when errors were noted.</summary>
    public static HttpConnectionManagerConfig? Translate(HttpConnectionManager message, Findings findings)
    {
        findings.RejectUnsafeFields();
        NoteUnsupported(message, findings);
        var routes = message.RouteSpecifierCase == HttpConnectionManager.RouteSpecifierOneofCase.Rds ? null : RouteConfigurationTranslator.Translate(message.RouteConfig ?? new(), findings.At("route_config"));
        findings.RejectIf(routes is null, "rds", "routes have to be given with the connection manager");
        var common = findings.At("common_http_protocol_options");
        var config = new HttpConnectionManagerConfig
        {
            StatPrefix = message.StatPrefix,
            Codec = TranslateCodec(message.CodecType, findings),
            Filters = HttpFilterTranslator.Translate(message.HttpFilters, findings),
            Routes = routes ?? new RouteTableConfig(),
            IdleTimeout = Limit(message.CommonHttpProtocolOptions?.IdleTimeout, common, "idle_timeout", TimeSpan.FromHours(1), "idle connections end after"),
            MaxConnectionDuration = Limit(message.CommonHttpProtocolOptions?.MaxConnectionDuration, common, "max_connection_duration", Timeout.InfiniteTimeSpan, "connections last at most"),
            MaxStreamDuration = Limit(message.CommonHttpProtocolOptions?.MaxStreamDuration, common, "max_stream_duration", Timeout.InfiniteTimeSpan, "requests take at most"),
            StreamIdleTimeout = Limit(message.StreamIdleTimeout, findings, "stream_idle_timeout", TimeSpan.FromMinutes(5), "requests that are silent end after"),
            RequestHeadersTimeout = Limit(
                message.RequestHeadersTimeout, findings, "request_headers_timeout", Timeout.InfiniteTimeSpan, "headers of a request come within the program's 30 s, over HTTP/1.1 besides within"),
            RequestTimeout = Limit(message.RequestTimeout, findings, "request_timeout", Timeout.InfiniteTimeSpan, "requests take at most"),
            MaxRequestHeadersBytes = 1024 * HeaderKibibytes(message, findings),
            MaxHeadersCount = HeadersCount(message, common),
            MaxRequestsPerConnection = RequestsPerConnection(message, common),
            Paths = TranslatePaths(message, findings),
            AccessLogs = AccessLogTranslator.Translate(message.AccessLog, findings),
        };
        findings.Enforce("", $"HTTP ({config.Codec.ToString().ToLowerInvariant()}) is ended and forwarded");
        return findings.HasErrors ? null : config;
    }

    /// <summary>A time limit: absent takes the default, zero is none.</summary>
    public static TimeSpan Limit(Duration? message, Findings findings, string field, TimeSpan otherwise, string what)
    {
        if (message is null || DurationTranslator.Translate(message, findings, field) is not { } time)
        {
            return otherwise;
        }

        findings.Enforce(field, time == TimeSpan.Zero ? $"{what}: no limit" : $"{what} {DurationText.Of(time)}");
        return time == TimeSpan.Zero ? Timeout.InfiniteTimeSpan : time;
    }

    private static HttpCodec TranslateCodec(HttpConnectionManager.Types.CodecType codec, Findings findings)
    {
        findings.RejectIf(codec is not (HttpConnectionManager.Types.CodecType.Auto or HttpConnectionManager.Types.CodecType.Http1 or HttpConnectionManager.Types.CodecType.Http2), "codec_type", "HTTP/1.1 and HTTP/2 are spoken");
        return codec switch
        {
            HttpConnectionManager.Types.CodecType.Http1 => HttpCodec.Http1,
            HttpConnectionManager.Types.CodecType.Http2 => HttpCodec.Http2,
            _ => HttpCodec.Auto,
        };
    }

    private static int HeaderKibibytes(HttpConnectionManager message, Findings findings)
    {
        const uint Default = 60;
        const uint Most = 8192;
        if (message.MaxRequestHeadersKb is not { } kibibytes)
        {
            return (int)Default;
        }

        findings.RejectIf(kibibytes is 0 or > Most, "max_request_headers_kb", $"the limit lies between 1 and {Most} KiB");
        findings.Enforce("max_request_headers_kb", $"headers of a request have at most {kibibytes} KiB, within the program's own limit; longer ones get 431");
        return (int)Math.Min(kibibytes, Most);
    }

    private static uint HeadersCount(HttpConnectionManager message, Findings findings)
    {
        const uint Default = 100;
        if (message.CommonHttpProtocolOptions?.MaxHeadersCount is not { } count)
        {
            return Default;
        }

        findings.RejectIf(count == 0, "max_headers_count", "at least one header must be allowed");
        findings.Enforce("max_headers_count", $"a request has at most {count} headers, within the program's own limit; more get 431");
        return count;
    }

    private static uint RequestsPerConnection(HttpConnectionManager message, Findings findings)
    {
        var most = message.CommonHttpProtocolOptions?.MaxRequestsPerConnection ?? 0;
        if (most > 0)
        {
            findings.Enforce("max_requests_per_connection", $"a connection ends after {most} requests");
        }

        return most;
    }

    private static PathNormalizationConfig TranslatePaths(HttpConnectionManager message, Findings findings)
    {
        EscapedSlashes? action = message.PathWithEscapedSlashesAction switch
        {
            EscapedSlashesAction.ImplementationSpecificDefault or EscapedSlashesAction.KeepUnchanged => EscapedSlashes.Keep,
            EscapedSlashesAction.RejectRequest => EscapedSlashes.Reject,
            EscapedSlashesAction.UnescapeAndRedirect => EscapedSlashes.Redirect,
            EscapedSlashesAction.UnescapeAndForward => EscapedSlashes.Unescape,
            _ => null,
        };
        findings.RejectIf(action is null, "path_with_escaped_slashes_action", "the action is not known");
        var config = new PathNormalizationConfig { Normalizes = message.NormalizePath == true, MergesSlashes = message.MergeSlashes, EscapedSlashes = action ?? EscapedSlashes.Reject };
        if (config.Normalizes)
        {
            findings.Enforce("normalize_path", "dot segments, backslashes and needless escapes of paths are resolved");
        }

        if (config.MergesSlashes)
        {
            findings.Enforce("merge_slashes", "slashes in a row become one");
        }

        if (config.EscapedSlashes != EscapedSlashes.Keep)
        {
            findings.Enforce("path_with_escaped_slashes_action", $"escaped slashes in paths: {config.EscapedSlashes.ToString().ToLowerInvariant()}");
        }

        return config;
    }

    private static void NoteUnsupported(HttpConnectionManager message, Findings findings)
    {
        findings.IgnoreIf(message.Tracing is not null, "tracing", "no spans are sent; headers of traces pass through");
        findings.IgnoreIf(message.InternalAddressConfig is not null, "internal_address_config", "nothing depends on whether a client is internal");
        findings.IgnoreIf(message.UseRemoteAddress == true, "use_remote_address", "X-Forwarded-For passes through as it comes");
        findings.IgnoreIf(message.GenerateRequestId == true, "generate_request_id", "X-Request-Id passes through as it comes");
        findings.IgnoreIf(message.LocalReplyConfig is not null, "local_reply_config", "answers of the proxy have their own form");
        findings.IgnoreIf(message.StripAnyHostPort, "strip_any_host_port", "the port of a host does not matter to routes");
        findings.IgnoreIf(message.DrainTimeout is not null, "drain_timeout", "the program's drain time holds");
        findings.IgnoreIf(message.ServerName.Length > 0, "server_name", "the Server header passes through as it comes");
        findings.IgnoreIf(message.Http2ProtocolOptions?.MaxConcurrentStreams is not null, "http2_protocol_options.max_concurrent_streams", "the program's own limit of 100 holds");
        findings.IgnoreIf(message.Http2ProtocolOptions is { InitialStreamWindowSize: not null } or { InitialConnectionWindowSize: not null }, "http2_protocol_options", "the program's window sizes hold");
    }
}
