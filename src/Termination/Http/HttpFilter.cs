using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Zoneway.Termination.Rbac;

namespace Zoneway.Termination.Http;

/// <summary>A filter at work. Safe for any number of requests at a time.</summary>
internal abstract class HttpFilter(HttpFilterConfig config)
{
    /// <summary>What the control plane said.</summary>
    public HttpFilterConfig Config => config;

    /// <summary>The access control in it.</summary>
    public virtual IEnumerable<RbacFilter> AccessControl => [];

    /// <summary>Makes a filter.</summary>
    public static HttpFilter Create(HttpFilterConfig config, HttpFilterChain chain, HttpFilterContext context) => config switch
    {
        HttpRbacFilterConfig rbac => new RbacHttpFilter(rbac, chain, context),
        FaultFilterConfig fault => new FaultHttpFilter(fault, context),
        HttpRateLimitConfig limit => new RateLimitHttpFilter(limit, chain.Buckets, context),
        BodyLimitFilterConfig limit => new BodyLimitHttpFilter(limit),
        ConditionalFilterConfig conditional => new ConditionalHttpFilter(conditional, Create(conditional.Filter, chain, context)),
        _ => throw new ArgumentException($"There is no filter for {config.GetType().Name}.", nameof(config)),
    };

    /// <summary>Runs it on a request.</summary>
    /// <returns>The answer that ends the request; null when it may go on.</returns>
    public abstract ValueTask<LocalReply?> RunAsync(FilterPass pass, CancellationToken cancellationToken);

    /// <summary>The settings that hold for a request; null when the filter is left out.</summary>
    protected T? SettingsFor<T>(FilterPass pass)
        where T : HttpFilterConfig => pass.OverrideOf(config.Name) switch
        {
            null => (T)config,
            T own => own,
            _ => null,
        };
}

/// <summary>Runs a filter, but for some requests.</summary>
internal sealed class ConditionalHttpFilter(ConditionalFilterConfig config, HttpFilter inner) : HttpFilter(config)
{
    public override IEnumerable<RbacFilter> AccessControl => inner.AccessControl;

    public override ValueTask<LocalReply?> RunAsync(FilterPass pass, CancellationToken cancellationToken) =>
        config.Skips.Find(pass.Connection, pass.Context.Request) is not null ? new((LocalReply?)null) : inner.RunAsync(pass, cancellationToken);
}

/// <summary>Access control. A refusal is answered with 403 and written into the audit.</summary>
internal sealed class RbacHttpFilter(HttpRbacFilterConfig config, HttpFilterChain chain, HttpFilterContext context) : HttpFilter(config)
{
    private readonly RbacFilter _own = new(config.Rbac, chain.CountersOf(config.Rbac));
    private readonly ConcurrentDictionary<RbacFilterConfig, RbacFilter> _overrides = new();

    public override IEnumerable<RbacFilter> AccessControl => _overrides.Values.Prepend(_own);

    public override ValueTask<LocalReply?> RunAsync(FilterPass pass, CancellationToken cancellationToken)
    {
        if (SettingsFor<HttpRbacFilterConfig>(pass) is not { } settings)
        {
            return new((LocalReply?)null);
        }

        var filter = ReferenceEquals(settings, config) ? _own : _overrides.GetOrAdd(settings.Rbac, static (rbac, chain) => new RbacFilter(rbac, chain.CountersOf(rbac)), chain);
        var decision = filter.Decide(pass.Connection, pass.Context.Request);
        if (decision.IsAllowed)
        {
            return new((LocalReply?)null);
        }

        context.Denials?.Write(RbacDenial.Of(filter, pass.Connection, decision));
        return new(new LocalReply(StatusCodes.Status403Forbidden, decision.Details, $"RBAC: access denied for {pass.Connection.Peer}"));
    }
}

/// <summary>Faults on purpose: waits, then answers, or slows the answer down.</summary>
internal sealed class FaultHttpFilter(FaultFilterConfig config, HttpFilterContext context) : HttpFilter(config)
{
    private int _active;

    public override async ValueTask<LocalReply?> RunAsync(FilterPass pass, CancellationToken cancellationToken)
    {
        if (SettingsFor<FaultFilterConfig>(pass) is not { } settings || !FitsHeaders(settings, pass.Context.Request))
        {
            return null;
        }

        if (settings.Delay > TimeSpan.Zero && settings.DelayShare.Takes(context.Random))
        {
            await DelayAsync(settings, cancellationToken);
        }

        if (settings.ResponseBytesPerSecond > 0 && settings.ResponseRateShare.Takes(context.Random))
        {
            pass.ResponseBytesPerSecond = settings.ResponseBytesPerSecond;
        }

        return (settings.AbortStatus > 0 || settings.AbortGrpcStatus is not null) && settings.AbortShare.Takes(context.Random) ? Abort(settings) : null;
    }

    private static LocalReply Abort(FaultFilterConfig settings) =>
        new(settings.AbortStatus > 0 ? settings.AbortStatus : StatusCodes.Status200OK, "fault_filter_abort", "fault filter abort") { GrpcStatus = settings.AbortGrpcStatus };

    private static bool FitsHeaders(FaultFilterConfig settings, HttpRequest request)
    {
        foreach (var header in settings.Headers)
        {
            if (!header.Matches(request))
            {
                return false;
            }
        }

        return true;
    }

    private async ValueTask DelayAsync(FaultFilterConfig settings, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _active) <= (settings.MaxActive ?? int.MaxValue))
        {
            try
            {
                await Task.Delay(settings.Delay, context.Time, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                // The client has gone; whoever is next finds out.
            }
        }

        Interlocked.Decrement(ref _active);
    }
}
