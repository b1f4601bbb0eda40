namespace Zoneway.Xds.Ads;

/// <summary>What an <see cref="AdsClient"/> needs to know.</summary>
public sealed record AdsClientOptions
{
    /// <summary>How the control plane is reached.</summary>
    public required ControlPlaneConnection Connection { get; init; }

    /// <summary>Who this proxy is.</summary>
    public required NodeIdentity Node { get; init; }

    /// <summary>Which of the two services is used. Default state of the world, which every control plane has.</summary>
    public XdsVariant Variant { get; init; } = XdsVariant.StateOfTheWorld;

    /// <summary>
    /// Asked for the token of every stream, as tokens rotate; null or empty for none. It is sent alone, without a scheme such as
    /// <c>Bearer</c>, and never logged (protocol §2). What it throws ends the attempt, and the next one asks again. Default: no token.
    /// </summary>
    public Func<CancellationToken, ValueTask<string?>> TokenSource { get; init; } = static _ => ValueTask.FromResult<string?>(null);

    /// <summary>Longest wait before the first reconnect; the actual one is random between zero and this. Doubles with each failure. Default 500 ms.</summary>
    public TimeSpan FirstBackoff { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest wait before any reconnect. Default 30 s.</summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Most resources taken of one type; those beyond are rejected. Default 100,000.</summary>
    public int MaxResourcesPerType { get; init; } = 100_000;

    /// <summary>
    /// What is in force came over another client, from what may be another control plane. The delta variant then claims its names without
    /// versions, so that all is sent and what is gone is named as removed. Default false.
    /// </summary>
    internal bool TakesOver { get; init; }

    /// <summary>Asked after every stream whether to go on. Default null: always.</summary>
    internal IStreamWatch? Watch { get; init; }

    /// <summary>Waits between streams that outlive the client. Default null: of its own, by <see cref="FirstBackoff"/> and <see cref="MaxBackoff"/>.</summary>
    internal ReconnectBackoff? Backoff { get; init; }

    /// <summary>What is asked for, in this order.</summary>
    internal IReadOnlyList<ResourceType> ResourceTypes { get; init; } = ResourceType.All;
}
