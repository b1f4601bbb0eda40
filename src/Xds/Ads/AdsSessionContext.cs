using Envoy.Config.Core.V3;
using Microsoft.Extensions.Logging;
using Zoneway.Xds.Resources;

namespace Zoneway.Xds.Ads;

/// <summary>What every session of one client works with.</summary>
/// <param name="Variant">The variant, for the log.</param>
/// <param name="Node">Opens each stream.</param>
/// <param name="Sink">Takes the resources.</param>
/// <param name="Types">What is asked for, in this order, each with what outlives a stream.</param>
/// <param name="MaxResources">Limit of resources of one type.</param>
/// <param name="TakesOver">What the sink holds at first may be from another control plane.</param>
/// <param name="Status">Told of every step.</param>
/// <param name="Metrics">Told of every answer.</param>
/// <param name="TimeProvider">The clock.</param>
/// <param name="Logger">The client's log.</param>
internal sealed record AdsSessionContext(
    XdsVariant Variant,
    Node Node,
    IResourceSink Sink,
    IReadOnlyList<(ResourceType Type, TypeHistory History)> Types,
    int MaxResources,
    bool TakesOver,
    AdsStatus Status,
    AdsMetrics Metrics,
    TimeProvider TimeProvider,
    ILogger Logger);
