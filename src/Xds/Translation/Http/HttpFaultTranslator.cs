using Envoy.Extensions.Filters.Common.Fault.V3;
using Envoy.Extensions.Filters.Http.Fault.V3;
using Zoneway.Termination.Http;

namespace Zoneway.Xds.Translation.Http;

/// <summary>envoy.extensions.filters.http.fault.v3.HTTPFault to <see cref="FaultFilterConfig"/>.</summary>
internal static class HttpFaultTranslator
{
    /// <summary>Translates the filter; what is returned must not be used when errors were noted.</summary>
    public static FaultFilterConfig Translate(string name, HTTPFault message, Findings findings)
    {
        findings.IgnoreIf(message.Delay?.FaultDelaySecifierCase == FaultDelay.FaultDelaySecifierOneofCase.HeaderDelay, "delay.header_delay", "clients do not choose faults by headers");
        findings.IgnoreIf(message.Abort?.HeaderAbort is not null, "abort.header_abort", "clients do not choose faults by headers");
        findings.RejectIf(message.DownstreamNodes.Count > 0, "downstream_nodes", "clients are not known by their nodes");
        findings.RejectIf(message.UpstreamCluster.Length > 0, "upstream_cluster", "faults do not depend on the cluster");
        findings.RejectIf(message.Abort?.HttpStatus is > 0 and (< 200 or > 599), "abort.http_status", "a status lies between 200 and 599");
        var config = new FaultFilterConfig(name)
        {
            Delay = message.Delay?.FixedDelay is { } delay ? DurationTranslator.Translate(delay, findings, "delay.fixed_delay") ?? TimeSpan.Zero : TimeSpan.Zero,
            DelayShare = RouteMatchTranslator.Translate(message.Delay?.Percentage, findings.At("delay").At("percentage")),
            AbortStatus = message.Abort is { ErrorTypeCase: FaultAbort.ErrorTypeOneofCase.HttpStatus } http ? (int)http.HttpStatus : 0,
            AbortGrpcStatus = message.Abort is { ErrorTypeCase: FaultAbort.ErrorTypeOneofCase.GrpcStatus } grpc ? (int)Math.Min(grpc.GrpcStatus, 16) : null,
            AbortShare = RouteMatchTranslator.Translate(message.Abort?.Percentage, findings.At("abort").At("percentage")),
            // limit_kbps counts KiB a second.
            ResponseBytesPerSecond = message.ResponseRateLimit?.FixedLimit is { LimitKbps: var kibibytes } ? (long)Math.Min(kibibytes, 1UL << 40) * 1024 : 0,
            ResponseRateShare = RouteMatchTranslator.Translate(message.ResponseRateLimit?.Percentage, findings.At("response_rate_limit").At("percentage")),
            Headers = [.. message.Headers.Select((header, i) => HeaderMatcherTranslator.Translate(header, findings.At("headers", i))).OfType<HeaderMatcherConfig>()],
            MaxActive = message.MaxActiveFaults,
        };
        Note(config, findings);
        return config;
    }

    private static void Note(FaultFilterConfig config, Findings findings)
    {
        var whom = config.Headers.IsEmpty ? "" : $" where {string.Join(" and ", config.Headers)}";
        if (config.Delay > TimeSpan.Zero)
        {
            findings.Enforce("delay", $"{config.DelayShare} of requests wait {DurationText.Of(config.Delay)}{whom}");
        }

        if (config.AbortStatus > 0 || config.AbortGrpcStatus is not null)
        {
            findings.Enforce("abort", $"{config.AbortShare} of requests are answered with {(config.AbortGrpcStatus is { } grpc ? $"gRPC status {grpc}" : $"{config.AbortStatus}")}{whom}");
        }

        if (config.ResponseBytesPerSecond > 0)
        {
            findings.Enforce("response_rate_limit", $"{config.ResponseRateShare} of answers come at {config.ResponseBytesPerSecond / 1024} KiB/s{whom}");
        }
    }
}
