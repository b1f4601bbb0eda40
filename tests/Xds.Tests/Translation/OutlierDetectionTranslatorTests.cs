using Zoneway.SniRouter.Clusters;
using Zoneway.Xds.Translation;
using static Zoneway.Xds.Tests.Translation.TestResources;

namespace Zoneway.Xds.Tests.Translation;

public sealed class OutlierDetectionTranslatorTests
{
    [Fact]
    public void Translate_Empty_HasEnvoysDefaults() => Assert.Equal(new OutlierDetectionConfig(), Translate("{}").Config!.OutlierDetection);

    [Fact]
    public void Translate_Absent_HasNone() => Assert.Null(ClusterTranslator.Translate(EdsCluster("a")).Config!.OutlierDetection);

    [Fact]
    public void Translate_BaseAboveLongestTime_RaisesLongestTime() =>
        Assert.Equal(TimeSpan.FromMinutes(10), Translate("{baseEjectionTime: 600s}").Config!.OutlierDetection!.MaxEjectionTime);

    [Theory]
    [InlineData("maxEjectionPercent: 101", "max_ejection_percent")]
    [InlineData("enforcingConsecutive5xx: 4294967295", "enforcing_consecutive_5xx")]
    [InlineData("enforcingSuccessRate: 101", "enforcing_success_rate")]
    [InlineData("failurePercentageThreshold: 101", "failure_percentage_threshold")]
    [InlineData("interval: 0s", "interval")]
    [InlineData("interval: -1s", "interval")]
    [InlineData("baseEjectionTime: 0s", "base_ejection_time")]
    public void Translate_ValueOutOfRange_IsReplacedByDefaultWithoutAnError(string fields, string field)
    {
        var result = Translate($"{{{fields}}}");

        Assert.Empty(result.Errors);
        Assert.Equal(new OutlierDetectionConfig(), result.Config!.OutlierDetection);
        Assert.Equal($"outlier_detection.{field}", Assert.Single(result.Ignored).Field);
    }

    [Theory]
    [InlineData("lbPolicy: RING_HASH", 1024, 8388608)]
    [InlineData("lbPolicy: RING_HASH, ringHashLbConfig: {minimumRingSize: 5, maximumRingSize: 3}", 3, 3)]
    [InlineData("lbPolicy: RING_HASH, ringHashLbConfig: {minimumRingSize: 0, maximumRingSize: 99999999999}", 1, 8388608)]
    public void Translate_RingSizes_AreCut(string fields, ulong minimum, ulong maximum)
    {
        var result = ClusterTranslator.Translate(EdsCluster("a", $", {fields}"));

        Assert.Empty(result.Errors);
        Assert.Equal(new RingHashConfig { MinimumSize = minimum, MaximumSize = maximum }, result.Config!.ConsistentHash);
        Assert.Equal(LoadBalancerPolicy.Random, result.Config.Policy);
        Assert.Contains(result.Enforced, field => field.Field == "lb_policy" && field.What.StartsWith("endpoints by hash, on a ring of", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", 65537, false)]
    [InlineData(", maglevLbConfig: {tableSize: 101}", 101, false)]
    [InlineData(", maglevLbConfig: {tableSize: 100}", 101, true)]
    [InlineData(", maglevLbConfig: {tableSize: 9999999}", 5000011, true)]
    public void Translate_MaglevTableSize_IsAPrimeNumber(string fields, ulong size, bool differs)
    {
        var result = ClusterTranslator.Translate(EdsCluster("a", $", lbPolicy: MAGLEV{fields}"));

        Assert.Equal(new MaglevConfig { TableSize = size }, result.Config!.ConsistentHash);
        Assert.Equal(differs, result.Ignored.Any(field => field.Field == "maglev_lb_config.table_size"));
    }

    private static TranslationResult<ClusterConfig> Translate(string detection) => ClusterTranslator.Translate(EdsCluster("a", $", outlierDetection: {detection}"));
}
