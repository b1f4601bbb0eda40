using System.Collections.Immutable;

namespace Zoneway.ZoneControlPlane.Resources;

/// <summary>What is to go wrong on purpose with requests to a service. Protocol §8.</summary>
internal sealed record FaultInjectionResource(string Mesh, string Name, int Line) : Resource(Name, Line)
{
    public const string Kind = "MeshFaultInjection";

    /// <summary>Destinations; null for what this control plane never serves, such as a kind of data plane.</summary>
    public TargetRef? Target { get; init; }

    /// <summary>Sources and their faults; of several that match the last counts.</summary>
    public ImmutableArray<FaultSource> From { get; init; } = [];

    public override ResourceKey Key => new(Kind, Mesh, Zone, Name);
}

/// <summary>One entry of <c>from</c>.</summary>
internal sealed record FaultSource(TargetRef Source, ImmutableArray<Fault> Faults);

/// <summary>Faults of one request; null for those that it does not have.</summary>
internal sealed record Fault
{
    public AbortFault? Abort { get; init; }

    public DelayFault? Delay { get; init; }

    public BandwidthFault? ResponseBandwidth { get; init; }
}

/// <summary>An answer instead of the service's.</summary>
internal sealed record AbortFault(uint Status, decimal Percentage);

/// <summary>A wait before the request goes on.</summary>
internal sealed record DelayFault(TimeSpan Value, decimal Percentage);

/// <summary>A slow answer, in kbit/s.</summary>
internal sealed record BandwidthFault(ulong Kilobits, decimal Percentage);
