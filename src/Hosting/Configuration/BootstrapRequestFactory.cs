using Zoneway.Hosting.Settings;
using Zoneway.Xds.Bootstrap;

namespace Zoneway.Hosting.Configuration;

/// <summary>Makes the bootstrap request from the settings. Protocol §1.1, §1.4, §1.5.</summary>
internal static class BootstrapRequestFactory
{
    private const int MaxTokenBytes = 64 * 1024;
    private const string ReusePort = "feature-reuse-port";
    private const string UnifiedNaming = "feature-unified-resource-naming";
    private const string Delta = "feature-delta-grpc";

    // The control plane compares the version of kuma-dp with its own: the Kuma version whose protocol this proxy follows.
    private const string KumaVersion = "2.14.3";

    /// <summary>Makes a request; reads the token file, which the settings have found readable before.</summary>
    public static BootstrapRequest Create(ProxySettings settings, ControlPlaneSettings controlPlane) => new()
    {
        Name = settings.Name,
        Mesh = settings.Mesh,
        ProxyType = settings.ProxyType.ToText(),
        DataplaneToken = ReadToken(controlPlane),
        DataplaneTokenPath = controlPlane.TokenFile,
        DataplaneResource = controlPlane.Resource?.Text,
        Version = new BootstrapVersions(
            new AgentVersion(KumaVersion, $"v{KumaVersion}", "", ""),
            new ProxyVersion(ProductVersion.Text, $"zoneway/{ProductVersion.Text}/{ProductVersion.Commit}", KumaDpCompatible: true)),
        CaCert = controlPlane.TrustedCa,
        ReadinessPort = settings.Readiness?.Port,
        OperatingSystem = OperatingSystem.IsLinux() ? "linux" : Environment.OSVersion.Platform.ToString(),
        Features = [.. Features(controlPlane)],
        DynamicMetadata = controlPlane.Traits.HostIp is { } hostIp ? new Dictionary<string, string> { [KnownSettings.HostIp] = hostIp } : null,
        SystemCaPath = controlPlane.Traits.SystemCaPath,
        Ipv6Enabled = controlPlane.Traits.IPv6,
        // No work directory: with one the control plane would look for the admin API on a Unix socket in it (protocol §1.3).
    };

    private static IEnumerable<string> Features(ControlPlaneSettings controlPlane)
    {
        if (controlPlane.Traits.ReusePort)
        {
            yield return ReusePort;
        }

        if (controlPlane.PrefersDelta)
        {
            yield return Delta;
        }

        if (controlPlane.Traits.UnifiedNaming)
        {
            yield return UnifiedNaming;
        }
    }

    private static string? ReadToken(ControlPlaneSettings controlPlane) =>
        controlPlane.TokenFile is { } path && SmallFile.TryRead(path, MaxTokenBytes, out var text, out _) ? text.Trim() : controlPlane.Token;
}
