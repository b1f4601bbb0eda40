namespace Zoneway.Xds.Admin;

/// <summary>The listener by which a Kuma control plane reaches a proxy's admin API. Protocol §9.2.</summary>
public static class AdminListener
{
    /// <summary>Whether a listener of this name is the admin listener; the second one is the unified name.</summary>
    public static bool IsName(string name) => name is "kuma:envoy:admin" or "system_envoy_admin";

    /// <summary>Whether a cluster of this name stands for the admin API or the readiness endpoint of the program itself.</summary>
    internal static bool IsOwnCluster(string name) => IsName(name) || name is "kuma:readiness" or "system_probe_readiness";
}
