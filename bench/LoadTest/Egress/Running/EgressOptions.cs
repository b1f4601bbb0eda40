using Zoneway.LoadTest.Running;

namespace Zoneway.LoadTest.Egress.Running;

/// <summary>What a run of the egress cases is asked to do.</summary>
/// <param name="Common">What all runs have.</param>
/// <param name="ZoneEgress">Path of <c>zone-egress</c>; null when there is none.</param>
/// <param name="IsTls12">TLS 1.2 instead of 1.3 between client and proxy.</param>
internal sealed record EgressOptions(BenchOptions Common, string? ZoneEgress, bool IsTls12);
