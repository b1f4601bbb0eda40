using Zoneway.SniRouter.Routing;
using Zoneway.Xds.Translation;
using static Zoneway.Xds.Tests.Translation.TestResources;

namespace Zoneway.Xds.Tests.Translation;

public sealed class LocalRateLimitTranslatorTests
{
    private const string Type = "envoy.extensions.filters.network.local_ratelimit.v3.LocalRateLimit";

    [Theory]
    [InlineData("statPrefix: tcp_rate_limit, tokenBucket: {maxTokens: 22, tokensPerFill: 21, fillInterval: 20s}", 22, 21, 20_000)]
    [InlineData("statPrefix: tcp_rate_limit, tokenBucket: {maxTokens: 1, fillInterval: 0.05s}", 1, 1, 50)]
    public void Translate_InFrontOfTcpProxy_IsEnforced(string fields, uint max, uint perFill, int milliseconds)
    {
        var result = Translate(Filter(Type, fields), TcpProxy("cluster: a"));

        Assert.Empty(result.Errors);
        Assert.Equal(new LocalRateLimitConfig("tcp_rate_limit", max, perFill, TimeSpan.FromMilliseconds(milliseconds)), ((TcpProxyConfig)Chain(result).Action).RateLimit);
        Assert.Single(result.Enforced, field => field.Field == "filter_chains[0].filters[0].typed_config");
    }

    [Theory]
    [InlineData("", ".token_bucket")]
    [InlineData("tokenBucket: {}", ".token_bucket.max_tokens", ".token_bucket.fill_interval")]
    [InlineData("tokenBucket: {maxTokens: 1, fillInterval: 0.049s}", ".token_bucket.fill_interval")]
    [InlineData("tokenBucket: {maxTokens: 1, fillInterval: 0s}", ".token_bucket.fill_interval")]
    [InlineData("tokenBucket: {maxTokens: 1, fillInterval: -1s}", ".token_bucket.fill_interval")]
    [InlineData("tokenBucket: {maxTokens: 1, tokensPerFill: 0, fillInterval: 1s}", ".token_bucket.tokens_per_fill")]
    public void Translate_BucketThatEnvoyRefuses_QuarantinesChain(string fields, params string[] errors)
    {
        var result = Translate(Filter(Type, fields), TcpProxy("cluster: a"));

        Assert.Equal(errors.Select(field => $"filter_chains[0].filters[0].typed_config{field}"), result.Errors.Select(error => error.Field));
        Assert.IsType<QuarantinedConfig>(Chain(result).Action);
    }

    [Fact]
    public void Translate_ElsewhereThanInFrontOfTcpProxy_QuarantinesChain()
    {
        const string Limit = "tokenBucket: {maxTokens: 1, fillInterval: 1s}";

        Assert.IsType<QuarantinedConfig>(Chain(Translate(Filter(Type, Limit), Filter("envoy.extensions.filters.network.direct_response.v3.Config"))).Action);
        Assert.IsType<QuarantinedConfig>(Chain(Translate(Filter(Type, Limit))).Action);
        Assert.IsType<QuarantinedConfig>(Chain(Translate(Filter(Type, Limit), Filter(Type, Limit), TcpProxy("cluster: a"))).Action);
    }

    [Fact]
    public void Translate_SharedOrSwitchable_IsIgnored()
    {
        var result = Translate(Filter(Type, "shareKey: x, runtimeEnabled: {}, tokenBucket: {maxTokens: 1, fillInterval: 1s}"), TcpProxy("cluster: a"));

        Assert.Equal(["runtime_enabled", "share_key"], result.Ignored.Select(field => field.Field["filter_chains[0].filters[0].typed_config.".Length..]).Order());
    }

    private static TranslationResult<ListenerConfig> Translate(params string[] filters) => ListenerTranslator.Translate(ListenerWith("in", TestResources.Chain("", string.Join(", ", filters))));

    private static FilterChainConfig Chain(TranslationResult<ListenerConfig> result) => Assert.Single(result.Config!.FilterChains);
}
