using Envoy.Type.V3;
using Zoneway.SniRouter.Routing;
using LocalRateLimit = Envoy.Extensions.Filters.Network.LocalRatelimit.V3.LocalRateLimit;

namespace Zoneway.Xds.Translation;

/// <summary>envoy.extensions.filters.network.local_ratelimit.v3.LocalRateLimit to <see cref="LocalRateLimitConfig"/>.</summary>
internal static class LocalRateLimitTranslator
{
    /// <summary>Translates the filter; what is returned must not be used when errors were noted.</summary>
    public static LocalRateLimitConfig? Translate(LocalRateLimit message, Findings findings)
    {
        findings.IgnoreIf(message.ShareKey.Length > 0, "share_key", "every filter chain has a token bucket of its own");
        findings.IgnoreIf(message.RuntimeEnabled is not null, "runtime_enabled", "there is no runtime to switch the limit off");
        if (message.TokenBucket is not { } bucket)
        {
            findings.Reject("token_bucket", "a token bucket is needed");
            return null;
        }

        var config = TranslateBucket(message.StatPrefix, bucket, findings.At("token_bucket"));
        if (config is not null)
        {
            findings.Enforce("", $"at most {config.MaxTokens} new connections at once, {config.TokensPerFill} more every {DurationText.Of(config.FillInterval)}");
        }

        return config;
    }

    /// <summary>A token bucket; null when errors were noted. Envoy refuses the same values.</summary>
    public static LocalRateLimitConfig? TranslateBucket(string statPrefix, TokenBucket bucket, Findings findings)
    {
        var perFill = bucket.TokensPerFill ?? 1;
        findings.RejectIf(bucket.MaxTokens == 0, "max_tokens", "a token bucket holds at least 1");
        findings.RejectIf(perFill == 0, "tokens_per_fill", "a fill adds at least 1");
        if (bucket.FillInterval is null)
        {
            findings.Reject("fill_interval", "an interval is needed");
            return null;
        }

        var interval = DurationTranslator.TranslatePositive(bucket.FillInterval, findings, "fill_interval");
        findings.RejectIf(interval < LocalRateLimitConfig.ShortestFillInterval, "fill_interval", "the interval must be at least 50 ms");
        if (interval is not { } time || findings.HasErrors)
        {
            return null;
        }

        return new LocalRateLimitConfig(statPrefix, bucket.MaxTokens, perFill, time);
    }
}
