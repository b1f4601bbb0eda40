using Envoy.Config.Cluster.V3;
using Zoneway.SniRouter.Clusters;
using HashFunction = Envoy.Config.Cluster.V3.Cluster.Types.RingHashLbConfig.Types.HashFunction;

namespace Zoneway.Xds.Translation;

/// <summary>Cluster.RingHashLbConfig and MaglevLbConfig to <see cref="ConsistentHashConfig"/>. Sizes out of range are cut to it: they say how evenly, not where, connections go.</summary>
internal static class ConsistentHashTranslator
{
    /// <summary>Translates what the cluster's policy asks for; null when it does not hash.</summary>
    public static ConsistentHashConfig? Translate(Cluster message, Findings findings) => message.LbPolicy switch
    {
        Cluster.Types.LbPolicy.RingHash => Translate(message.RingHashLbConfig),
        Cluster.Types.LbPolicy.Maglev => Translate(message.MaglevLbConfig, findings.At("maglev_lb_config")),
        _ => null,
    };

    private static MaglevConfig Translate(Cluster.Types.MaglevLbConfig? message, Findings findings)
    {
        var wanted = message?.TableSize ?? new MaglevConfig().TableSize;
        var size = (ulong)MaglevConfig.SizeOf(wanted);
        findings.IgnoreIf(size != wanted, "table_size", $"{wanted} is no prime number up to {MaglevConfig.LargestSize}; {size} is taken");
        return new MaglevConfig { TableSize = size };
    }

    private static RingHashConfig Translate(Cluster.Types.RingHashLbConfig? message)
    {
        var defaults = new RingHashConfig();
        var maximum = Math.Clamp(message?.MaximumRingSize ?? defaults.MaximumSize, 1, RingHashConfig.LargestSize);
        return new RingHashConfig
        {
            MinimumSize = Math.Clamp(message?.MinimumRingSize ?? defaults.MinimumSize, 1, maximum),
            MaximumSize = maximum,
            UsesMurmurHash2 = message?.HashFunction == HashFunction.MurmurHash2,
        };
    }
}
