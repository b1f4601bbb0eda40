using System.Collections.Immutable;
using Zoneway.SniRouter.Routing;
using Zoneway.Termination.Rbac;

namespace Zoneway.Termination.Http;

/// <summary>Access control of requests (envoy.filters.http.rbac).</summary>
/// <param name="Name">The filter's name.</param>
/// <param name="Rbac">Who may do what.</param>
public sealed record HttpRbacFilterConfig(string Name, RbacFilterConfig Rbac) : HttpFilterConfig(Name);

/// <summary>Faults on purpose (envoy.filters.http.fault).</summary>
/// <param name="Name">The filter's name.</param>
public sealed record FaultFilterConfig(string Name) : HttpFilterConfig(Name)
{
    /// <summary>How long requests are held back; zero for not at all.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>The share of requests that are.</summary>
    public FractionConfig DelayShare { get; init; } = FractionConfig.None;

    /// <summary>The HTTP status that requests are answered with; 0 for none.</summary>
    public int AbortStatus { get; init; }

    /// <summary>The gRPC status that requests are answered with, in place of an HTTP status; null for none.</summary>
    public int? AbortGrpcStatus { get; init; }

    /// <summary>The share of requests that are.</summary>
    public FractionConfig AbortShare { get; init; } = FractionConfig.None;

    /// <summary>Bytes a second that answers are slowed down to; 0 for no limit.</summary>
    public long ResponseBytesPerSecond { get; init; }

    /// <summary>The share of answers that are.</summary>
    public FractionConfig ResponseRateShare { get; init; } = FractionConfig.None;

    /// <summary>Which requests it is for: every condition must fit.</summary>
    public ImmutableArray<HeaderMatcherConfig> Headers { get; init; } = [];

    /// <summary>Most requests that are held back or slowed down at a time; null for no limit.</summary>
    public uint? MaxActive { get; init; }
}

/// <summary>How many requests are taken in a time (envoy.filters.http.local_ratelimit).</summary>
/// <param name="Name">The filter's name.</param>
public sealed record HttpRateLimitConfig(string Name) : HttpFilterConfig(Name)
{
    /// <summary>Where in the configuration it is given: limits at two places have a bucket each, even when they are the same.</summary>
    public string Place { get; init; } = "";

    /// <summary>The bucket that requests take a token from; null limits nothing.</summary>
    public LocalRateLimitConfig? Bucket { get; init; }

    /// <summary>The status of refusals. Default 429.</summary>
    public int Status { get; init; } = 429;

    /// <summary>The share of requests that are looked at. Default none, as in Envoy.</summary>
    public FractionConfig Enabled { get; init; } = FractionConfig.None;

    /// <summary>The share of those that are refused when there is no token. Default none, as in Envoy.</summary>
    public FractionConfig Enforced { get; init; } = FractionConfig.None;

    /// <summary>Whether every connection has a bucket of its own.</summary>
    public bool IsPerConnection { get; init; }

    /// <summary>Whether answers tell how much is left (enable_x_ratelimit_headers).</summary>
    public bool TellsClients { get; init; }

    /// <summary>Headers of requests that find no token and go on all the same.</summary>
    public ImmutableArray<HeaderMutation> RequestHeaders { get; init; } = [];

    /// <summary>Headers of refusals, besides <c>x-envoy-ratelimited</c>.</summary>
    public ImmutableArray<HeaderMutation> ResponseHeaders { get; init; } = [];

    /// <summary>Whether gRPC calls are refused with RESOURCE_EXHAUSTED rather than UNAVAILABLE.</summary>
    public bool RefusesAsResourceExhausted { get; init; }
}

/// <summary>How long the bodies of requests may be (envoy.filters.http.buffer). Nothing is held back, unlike in Envoy: what is within the limit goes on as it comes.</summary>
/// <param name="Name">The filter's name.</param>
/// <param name="MaxBytes">Most bytes; at least 1.</param>
public sealed record BodyLimitFilterConfig(string Name, long MaxBytes) : HttpFilterConfig(Name);

/// <summary>A filter that is left out for some requests (ExtensionWithMatcher with the action SkipFilter).</summary>
/// <param name="Name">The filter's name.</param>
/// <param name="Skips">Which requests it is left out for: those that the tree leads to an action.</param>
/// <param name="Filter">The filter.</param>
public sealed record ConditionalFilterConfig(string Name, RbacMatcherConfig Skips, HttpFilterConfig Filter) : HttpFilterConfig(Name);

/// <summary>A filter that a part of the routes goes without.</summary>
/// <param name="Name">The filter's name.</param>
public sealed record DisabledFilterConfig(string Name) : HttpFilterConfig(Name);
