using Zoneway.ZoneControlPlane.Resources;

namespace Zoneway.ZoneControlPlane.Snapshots;

/// <summary>One endpoint of a service's cluster.</summary>
/// <param name="Address">IP address.</param>
/// <param name="Port">Port.</param>
/// <param name="Weight">Share of the traffic, at least 1: the instances behind it.</param>
/// <param name="Tags">Tags of the workload or of the available service.</param>
internal sealed record ServiceEndpoint(string Address, int Port, uint Weight, TagSet Tags);
