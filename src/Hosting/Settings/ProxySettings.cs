using System.Net;
using Microsoft.Extensions.Logging;
using Zoneway.SniRouter;
using Zoneway.Xds.Bootstrap;

namespace Zoneway.Hosting.Settings;

/// <summary>All settings of a proxy, checked. Made by <see cref="ProxySettingsSource"/>.</summary>
public sealed record ProxySettings
{
    /// <summary>What the proxy is to its control plane.</summary>
    public required ProxyType ProxyType { get; init; }

    /// <summary>Name of the proxy.</summary>
    public required string Name { get; init; }

    /// <summary>Mesh of a proxy of type dataplane; else null.</summary>
    public string? Mesh { get; init; }

    /// <summary>The control plane to follow. Null when <see cref="XdsFile"/> takes its place.</summary>
    public ControlPlaneSettings? ControlPlane { get; init; }

    /// <summary>The file to follow. Null when <see cref="ControlPlane"/> takes its place.</summary>
    public string? XdsFile { get; init; }

    /// <summary>Where the admin endpoint listens. Null: nowhere.</summary>
    public IPEndPoint? Admin { get; init; }

    /// <summary>Path of a Unix socket on which the admin endpoint listens too. Null: none.</summary>
    public string? AdminSocket { get; init; }

    /// <summary>Where the readiness endpoint listens. Null: nowhere.</summary>
    public IPEndPoint? Readiness { get; init; }

    /// <summary>Longest time that open connections get to end on SIGTERM. Default 30 s; zero ends them at once.</summary>
    public TimeSpan DrainTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long connections are still accepted on SIGTERM, since load balancers need a moment to send them elsewhere. Default 5 s; at most <see cref="DrainTime"/>.</summary>
    public TimeSpan DrainAcceptTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest time without a byte for a connection once the drain accepts no more. Default 5 s.</summary>
    public TimeSpan DrainIdleTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Least level of the messages logged.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>True to log one JSON object a line, false for text.</summary>
    public bool LogJson { get; init; }

    /// <summary>Directory for files of this process.</summary>
    public string WorkDir { get; init; } = Path.GetTempPath();

    /// <summary>Limits of the data plane.</summary>
    public SniRouterOptions Limits { get; init; } = new();
}

/// <summary>The control plane to follow, and what to show it.</summary>
/// <remarks>A class rather than a record: nothing may print the token by accident.</remarks>
public sealed class ControlPlaneSettings
{
    /// <summary>Its address; the scheme is http or https.</summary>
    public required Uri Address { get; init; }

    /// <summary>PEM of its CA. Null: the system's CAs.</summary>
    public string? TrustedCa { get; init; }

    /// <summary>True to trust any certificate when fetching the bootstrap document.</summary>
    public bool SkipVerify { get; init; }

    /// <summary>The token as text; null when there is none, or a file.</summary>
    public string? Token { get; init; }

    /// <summary>File with the token, to be read again for every stream; null when there is none, or a text.</summary>
    public string? TokenFile { get; init; }

    /// <summary>The proxy's own resource; null when the control plane has it.</summary>
    public ProxyResource? Resource { get; init; }

    /// <summary>True to ask for the delta form of xDS.</summary>
    public bool PrefersDelta { get; init; }

    /// <summary>What else to tell the control plane.</summary>
    public NodeTraits Traits { get; init; } = NodeTraits.Default;

    /// <summary>Time between attempts to get the bootstrap document. Default 3 s.</summary>
    public TimeSpan RetryBackoff { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long to go on trying. Default 5 min.</summary>
    public TimeSpan RetryMaxDuration { get; init; } = TimeSpan.FromMinutes(5);
}
