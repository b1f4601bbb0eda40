using Envoy.Config.Cluster.V3;
using Zoneway.SniRouter.Clusters;
using HashFunction = Envoy.Config.Cluster.V3.Cluster.Types.RingHashLbConfig.Types.HashFunction;

namespace Zoneway.Xds.Translation;

/// <summary>Cluster.RingHashLbConfig and MaglevLbConfig to <see cref="ConsistentHashConfig"/>. Sizes out of range are cut to it: they say how evenly, not where, connections go.</summary>
internal static class ConsistentHashTranslator
{
    /// <summary>Translates what the cluster's policy asks for; null when it does not hash.</summary>
    public static ConsistentHashConfig? Translate(Cluster message, Findings findings)
    {
        switch (message.LbPolicy)
        {
            case Cluster.Types.LbPolicy.RingHash:
                var ring = Translate(message.RingHashLbConfig);
                findings.Ignore("lb_policy", $"not yet enforced: a hash ring of {ring.MinimumSize} to {ring.MaximumSize} places; endpoints are taken at random");
                return ring;
            case Cluster.Types.LbPolicy.Maglev:
                var maglev = new MaglevConfig { TableSize = Math.Clamp(message.MaglevLbConfig?.TableSize ?? new MaglevConfig().TableSize, 1, MaglevConfig.LargestSize) };
                findings.Ignore("lb_policy", $"not yet enforced: a Maglev table of {maglev.TableSize} places; endpoints are taken at random");
                return maglev;
            default:
                return null;
        }
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
