using Envoy.Service.Discovery.V3;

namespace Zoneway.Xds.Ads;

/// <summary>Opens streams to the control plane. Opening returns at once: whether it can be reached shows on the stream.</summary>
internal interface IAdsTransport
{
    /// <summary>Opens a <c>StreamAggregatedResources</c> call on a new connection.</summary>
    /// <param name="token">Value of the <c>authorization</c> metadata; null for none.</param>
    IAdsStream<DiscoveryRequest, DiscoveryResponse> OpenStateOfTheWorld(string? token);

    /// <summary>Opens a <c>DeltaAggregatedResources</c> call on a new connection.</summary>
    /// <param name="token">Value of the <c>authorization</c> metadata; null for none.</param>
    IAdsStream<DeltaDiscoveryRequest, DeltaDiscoveryResponse> OpenDelta(string? token);
}
