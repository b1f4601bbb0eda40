using Envoy.Service.Discovery.V3;
using Zoneway.Xds.Grpc;

namespace Zoneway.Xds.Ads;

/// <summary>The methods of <c>envoy.service.discovery.v3.AggregatedDiscoveryService</c>, for clients and servers (protocol §3.1).</summary>
internal static class AdsMethods
{
    private const string Service = "envoy.service.discovery.v3.AggregatedDiscoveryService";

    /// <summary>The state-of-the-world variant.</summary>
    public static readonly Method<DiscoveryRequest, DiscoveryResponse> StateOfTheWorld =
        new(Service, "StreamAggregatedResources", DiscoveryRequest.Parser, DiscoveryResponse.Parser);

    /// <summary>The incremental variant.</summary>
    public static readonly Method<DeltaDiscoveryRequest, DeltaDiscoveryResponse> Delta =
        new(Service, "DeltaAggregatedResources", DeltaDiscoveryRequest.Parser, DeltaDiscoveryResponse.Parser);
}
