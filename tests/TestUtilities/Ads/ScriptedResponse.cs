using Envoy.Config.Core.V3;
using Envoy.Service.Discovery.V3;
using Google.Protobuf.WellKnownTypes;

namespace Zoneway.TestUtilities.Ads;

/// <summary>A discovery response for either variant.</summary>
/// <param name="TypeUrl">Type of the response.</param>
/// <param name="Version">Version of the response, and with delta of each resource.</param>
/// <param name="Nonce">Nonce.</param>
/// <param name="Resources">Resources by name; the name is that of the delta wrapper.</param>
internal sealed record ScriptedResponse(string TypeUrl, string Version, string Nonce, params (string Name, Any? Body)[] Resources)
{
    /// <summary>Removed names; delta only.</summary>
    public string[] Removed { get; init; } = [];

    /// <summary>Resources with fields of their own; delta only.</summary>
    public Resource[] Wrapped { get; init; } = [];

    /// <summary>Identifier of the control plane.</summary>
    public string ControlPlane { get; init; } = "cp-1";

    public DiscoveryResponse ToStateOfTheWorld() => new()
    {
        TypeUrl = TypeUrl,
        VersionInfo = Version,
        Nonce = Nonce,
        Resources = { Resources.Select(resource => resource.Body ?? new Any()) },
        ControlPlane = new ControlPlane { Identifier = ControlPlane },
    };

    public DeltaDiscoveryResponse ToDelta() => new()
    {
        TypeUrl = TypeUrl,
        SystemVersionInfo = Version,
        Nonce = Nonce,
        Resources = { Resources.Select(resource => new Resource { Name = resource.Name, Version = Version, Resource_ = resource.Body }), Wrapped },
        RemovedResources = { Removed },
        ControlPlane = new ControlPlane { Identifier = ControlPlane },
    };
}
