using System.Net.Sockets;

namespace Zoneway.Hosting.Settings;

/// <summary>What the proxy tells the control plane about itself and its machine beyond its name. Protocol §1.1, §1.5, §3.2.</summary>
/// <param name="UnifiedNaming">Whether to ask for unified resource names.</param>
/// <param name="ReusePort">Whether to ask for listeners that share their port.</param>
/// <param name="IPv6">Whether IPv6 is there.</param>
/// <param name="SystemCaPath">The system's CA bundle; null when none was found.</param>
/// <param name="HostIp">Address of the Kubernetes node; null elsewhere.</param>
public sealed record NodeTraits(bool UnifiedNaming, bool ReusePort, bool IPv6, string? SystemCaPath, string? HostIp)
{
    /// <summary>Kuma's defaults, of a machine with IPv6 and without a CA bundle.</summary>
    public static readonly NodeTraits Default = new(UnifiedNaming: false, ReusePort: true, IPv6: true, SystemCaPath: null, HostIp: null);

    // Debian, Fedora and RHEL (two generations), openSUSE, Alpine: where Go looks too.
    private static readonly string[] UsualCaPaths =
    [
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/ssl/ca-bundle.pem",
        "/etc/pki/tls/cacert.pem",
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
        "/etc/ssl/cert.pem",
    ];

    internal static NodeTraits Read(SettingReader reader) => new(
        reader.Switch(KnownSettings.UnifiedNaming),
        reader.Switch(KnownSettings.ReusePort, fallback: true),
        reader.Switch(KnownSettings.IPv6, fallback: true) && Socket.OSSupportsIPv6,
        reader.Text(KnownSettings.SystemCa) ?? Array.Find(UsualCaPaths, File.Exists),
        reader.Variable(KnownSettings.HostIp));
}
