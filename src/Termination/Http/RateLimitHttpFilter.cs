using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using Zoneway.SniRouter.Routing;

namespace Zoneway.Termination.Http;

/// <summary>Takes so many requests in a time; others are answered with 429.</summary>
internal sealed class RateLimitHttpFilter(HttpRateLimitConfig config, RateLimitBuckets buckets, HttpFilterContext context) : HttpFilter(config)
{
    private static readonly HeaderMutation Limited = Header("x-envoy-ratelimited", "true");

    public override ValueTask<LocalReply?> RunAsync(FilterPass pass, CancellationToken cancellationToken)
    {
        if (SettingsFor<HttpRateLimitConfig>(pass) is not { Bucket: { } limit } settings || !settings.Enabled.Takes(context.Random))
        {
            return new((LocalReply?)null);
        }

        var bucket = buckets.Of(settings, limit, pass.Connection);
        var now = (long)context.Time.GetElapsedTime(0).TotalMilliseconds;
        var isAllowed = bucket.TryTake(now, out var left);
        if (settings.TellsClients)
        {
            pass.AddedHeaders = pass.AddedHeaders.AddRange(Tell(bucket, left, now));
        }

        if (isAllowed)
        {
            return new((LocalReply?)null);
        }

        if (settings.Enforced.Takes(context.Random))
        {
            return new(Refuse(settings));
        }

        HeaderMutation.Apply(settings.RequestHeaders, pass.Context.Request.Headers);
        return new((LocalReply?)null);
    }

    // draft-polli-ratelimit-headers-03 with the names that Envoy gives them. As in Envoy, who has tokens left has nothing to wait for.
    private static HeaderMutation[] Tell(LocalRateLimit bucket, uint left, long now) =>
    [
        Header("x-ratelimit-limit", bucket.Config.MaxTokens.ToString(CultureInfo.InvariantCulture)),
        Header("x-ratelimit-remaining", left.ToString(CultureInfo.InvariantCulture)),
        Header("x-ratelimit-reset", left > 0 ? "0" : Math.Ceiling(bucket.UntilFill(now).TotalSeconds).ToString(CultureInfo.InvariantCulture)),
    ];

    private static LocalReply Refuse(HttpRateLimitConfig settings) => new(settings.Status, "local_rate_limited", "local_rate_limited")
    {
        Headers = [Limited, .. settings.ResponseHeaders],
        GrpcStatus = settings.RefusesAsResourceExhausted ? 8 : null,
    };

    private static HeaderMutation Header(string name, string value) => new(name, value, HeaderAppendAction.AppendIfExistsOrAdd);
}

/// <summary>
/// The token buckets of a chain, one for each place that a limit is given at, or there one for each connection. A bucket goes on in the chain's next version where its limit is the same, and
/// what is counted in any case.
/// </summary>
internal sealed class RateLimitBuckets(RateLimitBuckets? previous)
{
    private readonly ConcurrentDictionary<(string Place, LocalRateLimitConfig Limit), LocalRateLimit> _buckets = new();
    private readonly ConcurrentDictionary<(string Place, LocalRateLimitConfig Limit), LocalRateLimit>? _previous = previous?._buckets;
    private readonly ConditionalWeakTable<TerminatedConnection, ConcurrentDictionary<(string Place, LocalRateLimitConfig Limit), LocalRateLimit>> _ofConnections = [];
    private readonly RateLimitCount _count = previous?._count ?? new RateLimitCount();

    /// <summary>Requests refused.</summary>
    public long RateLimited => _count.Value;

    /// <summary>The bucket of a limit for a connection.</summary>
    public LocalRateLimit Of(HttpRateLimitConfig settings, LocalRateLimitConfig limit, TerminatedConnection connection)
    {
        var key = (settings.Place, limit);
        if (settings.IsPerConnection)
        {
            return _ofConnections.GetValue(connection, static _ => new()).GetOrAdd(key, static (key, count) => new LocalRateLimit(key.Limit, count), _count);
        }

        return _buckets.TryGetValue(key, out var bucket) ? bucket : _buckets.GetOrAdd(key, _previous?.GetValueOrDefault(key) ?? new LocalRateLimit(limit, _count));
    }
}
