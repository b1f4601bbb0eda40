using Zoneway.SniRouter.Clusters;
using Zoneway.Xds.Translation;
using static Zoneway.Xds.Tests.Translation.TestResources;

namespace Zoneway.Xds.Tests.Translation;

public sealed class CircuitBreakerTranslatorTests
{
    [Theory]
    [InlineData("")]
    [InlineData("circuitBreakers: {}")]
    [InlineData("circuitBreakers: {thresholds: [{}]}")]
    [InlineData("circuitBreakers: {thresholds: [{priority: HIGH, maxConnections: 1}]}")]
    public void Translate_NoLimits_TakesEnvoysDefaults(string fields)
    {
        var config = Translate(fields).Config!;

        Assert.Same(CircuitBreakerConfig.Default, config.CircuitBreakers);
        Assert.Equal((uint.MaxValue, uint.MaxValue), (config.CircuitBreakers.MaxConnections, config.CircuitBreakers.MaxPendingRequests));
    }

    [Fact]
    public void Translate_Limits_AreUnderstoodAndEnforced()
    {
        var result = Translate("circuitBreakers: {thresholds: [{priority: HIGH, maxConnections: 9}, {maxConnections: 0, maxPendingRequests: 2, maxRequests: 3, maxRetries: 4294967295, trackRemaining: true}, {maxConnections: 8}]}");

        Assert.Equal(new CircuitBreakerConfig { MaxConnections = 0, MaxPendingRequests = 2, MaxRequests = 3, MaxRetries = 4294967295, TrackRemaining = true }, result.Config!.CircuitBreakers);
        Assert.Equal(
            ["at most 0 connections", "at most 2 connections being opened", "at most 3 requests at a time, where HTTP is forwarded", "at most 4294967295 connections and requests on a further attempt"],
            Breakers(result).Select(field => field.What));
        Assert.Equal("circuit_breakers.thresholds[1].max_connections", Breakers(result).First().Field);
        Assert.Empty(result.Ignored);
    }

    [Fact]
    public void Translate_LimitsThatNothingMeets_AreIgnored()
    {
        var result = Translate("circuitBreakers: {perHostThresholds: [{maxConnections: 1}], thresholds: [{maxConnectionPools: 1, retryBudget: {}}]}");

        Assert.Equal(
            ["per_host_thresholds", "thresholds[0].max_connection_pools", "thresholds[0].retry_budget"],
            result.Ignored.Select(field => field.Field["circuit_breakers.".Length..]));
    }

    private static TranslationResult<ClusterConfig> Translate(string fields)
    {
        var result = ClusterTranslator.Translate(Cluster($"{{name: a, type: EDS{(fields.Length == 0 ? "" : ", ")}{fields}}}"));
        Assert.Empty(result.Errors);
        return result;
    }

    private static IEnumerable<EnforcedField> Breakers(TranslationResult<ClusterConfig> result) =>
        result.Enforced.Where(field => field.Field.StartsWith("circuit_breakers", StringComparison.Ordinal));
}
