using Envoy.Config.Route.V3;
using Zoneway.Termination.Http;

namespace Zoneway.Xds.Translation.Http;

/// <summary>envoy.config.route.v3.RetryPolicy to <see cref="RetryPolicyConfig"/>.</summary>
internal static class RetryPolicyTranslator
{
    /// <summary>Translates a policy; what is returned must not be used when errors were noted.</summary>
    public static RetryPolicyConfig? Translate(RetryPolicy message, Findings findings)
    {
        var on = RetryConditions.None;
        foreach (var condition in message.RetryOn.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var known = Translate(condition);
            findings.IgnoreIf(known == RetryConditions.None, "retry_on", $"requests are not tried again on '{condition}'");
            on |= known;
        }

        var backoff = message.RetryBackOff?.BaseInterval is { } interval ? DurationTranslator.TranslatePositive(interval, findings, "retry_back_off.base_interval") : null;
        var longest = message.RetryBackOff?.MaxInterval is { } most ? DurationTranslator.TranslatePositive(most, findings, "retry_back_off.max_interval") : null;
        var first = backoff ?? TimeSpan.FromMilliseconds(25);
        if (on == RetryConditions.None)
        {
            return null;
        }

        findings.Enforce("", $"tried again on {on} up to {message.NumRetries ?? 1} times, where nothing of the body was read");
        return new RetryPolicyConfig
        {
            On = on,
            Statuses = [.. message.RetriableStatusCodes.Select(status => (int)Math.Min(status, 999))],
            Count = message.NumRetries ?? 1,
            PerTryTimeout = HttpConnectionManagerTranslator.Limit(message.PerTryTimeout, findings, "per_try_timeout", Timeout.InfiniteTimeSpan, "an attempt takes at most"),
            BaseInterval = first,
            MaxInterval = longest is { } given && given > first ? given : first * 10,
        };
    }

    private static RetryConditions Translate(string condition) => condition switch
    {
        "5xx" => RetryConditions.ServerErrors,
        "gateway-error" => RetryConditions.GatewayErrors,
        "connect-failure" => RetryConditions.ConnectFailure,
        "reset" or "reset-before-request" => RetryConditions.Reset,
        "refused-stream" => RetryConditions.RefusedStream,
        "retriable-4xx" => RetryConditions.Retriable4xx,
        "retriable-status-codes" => RetryConditions.Statuses,
        _ => RetryConditions.None,
    };
}
