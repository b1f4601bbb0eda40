using System.Net;

namespace Zoneway.ZoneControlPlane.Bootstrap;

/// <summary>What a bootstrap document says besides what was in the request.</summary>
/// <param name="ProxyName">Name of the proxy's resource.</param>
/// <param name="AdminPort">Port of the proxy's admin interface.</param>
/// <param name="XdsHost">Host under which the proxy reached this server.</param>
/// <param name="XdsPort">Port of the ADS.</param>
/// <param name="CaPem">CA the proxy verifies the ADS with; null when the ADS is served without TLS.</param>
internal sealed record BootstrapTarget(string ProxyName, int AdminPort, string XdsHost, int XdsPort, string? CaPem)
{
    /// <summary>Whether the host is an IP address rather than a name.</summary>
    public bool IsXdsHostAddress => IPAddress.TryParse(XdsHost, out _);
}
