using System.Text.Json.Serialization;

namespace Zoneway.Xds.Bootstrap;

/// <summary>What a proxy tells the control plane about itself to get its bootstrap document. Protocol §1.1; what is null is left out.</summary>
/// <remarks>A class rather than a record: nothing may print the token by accident.</remarks>
public sealed class BootstrapRequest
{
    /// <summary>Name of the proxy's resource; on Kubernetes <c>pod.namespace</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Mesh of a data plane; of no meaning for zone ingresses and egresses of their own kind.</summary>
    public string? Mesh { get; init; }

    /// <summary><c>dataplane</c>, <c>ingress</c> or <c>egress</c>.</summary>
    public required string ProxyType { get; init; }

    /// <summary>The token itself, if it was given as text.</summary>
    public string? DataplaneToken { get; init; }

    /// <summary>Path of the token file on this machine, if it was given as a file.</summary>
    public string? DataplaneTokenPath { get; init; }

    /// <summary>The proxy's resource as YAML or JSON, where the proxy brings it (Universal).</summary>
    public string? DataplaneResource { get; init; }

    /// <summary>What software this is.</summary>
    public required BootstrapVersions Version { get; init; }

    /// <summary>PEM of the CA that this proxy trusts for the control plane.</summary>
    public string? CaCert { get; init; }

    /// <summary>Free values; kuma-dp puts <c>HOST_IP</c> here.</summary>
    public IReadOnlyDictionary<string, string>? DynamicMetadata { get; init; }

    /// <summary>Port of the readiness endpoint.</summary>
    public int? ReadinessPort { get; init; }

    /// <summary>Such as <c>linux</c>.</summary>
    public string? OperatingSystem { get; init; }

    /// <summary>What this proxy can do beyond the least. Protocol §1.5.</summary>
    public IReadOnlyList<string> Features { get; init; } = [];

    /// <summary>Directory for Unix sockets.</summary>
    public string? Workdir { get; init; }

    /// <summary>Path of the system's CA bundle; the control plane hands it back in the TLS settings of external services.</summary>
    public string? SystemCaPath { get; init; }

    /// <summary>Whether IPv6 is there; without it the control plane leaves IPv6 out of what it generates. Null: it assumes so.</summary>
    public bool? Ipv6Enabled { get; init; }
}

/// <summary>The version block of a bootstrap request; the control plane reads <see cref="KumaDp"/> without a check, so it is never left out.</summary>
/// <param name="KumaDp">Takes the place of kuma-dp.</param>
/// <param name="Envoy">Takes the place of Envoy; shown in the control plane's GUI.</param>
public sealed record BootstrapVersions(AgentVersion KumaDp, ProxyVersion Envoy);

/// <summary>What the control plane compares with its own version.</summary>
/// <param name="Version">Version number.</param>
/// <param name="GitTag">Tag of the source.</param>
/// <param name="GitCommit">Commit of the source.</param>
/// <param name="BuildDate">Date of the build.</param>
public sealed record AgentVersion(string Version, string GitTag, string GitCommit, string BuildDate);

/// <summary>What moves the bytes.</summary>
/// <param name="Version">Version number.</param>
/// <param name="Build">Free text about the build.</param>
/// <param name="KumaDpCompatible">Whether it fits the agent; always true here, as both are one program.</param>
public sealed record ProxyVersion(string Version, string Build, bool KumaDpCompatible);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BootstrapRequest))]
internal sealed partial class BootstrapJsonContext : JsonSerializerContext;
