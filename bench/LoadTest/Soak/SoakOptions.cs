namespace Zoneway.LoadTest.Soak;

/// <summary>What to soak, and for how long.</summary>
internal sealed record SoakOptions
{
    /// <summary>Length of the mix whose traces are looked for. Default 10 minutes.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Length of the same mix before the baseline is taken. Default 15 s.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Connections at a time. Default 200.</summary>
    public int Connections { get; init; } = 200;

    /// <summary>Server names. Default 1,000.</summary>
    public int Routes { get; init; } = 1000;

    /// <summary>Begins the random numbers. The order of events still depends on the machine.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Whether the portable data path is soaked instead of the engine.</summary>
    public bool IsPortable { get; init; }

    /// <summary>Path of <c>zone-ingress</c>; null when there is none.</summary>
    public string? ZoneIngress { get; init; }
}
