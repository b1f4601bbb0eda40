namespace Zoneway.SniRouter.Clusters;

/// <summary>
/// How much of a cluster may be in use at a time (CircuitBreakers.Thresholds of default priority). Unsigned as on the wire; 0 allows nothing.
/// </summary>
public sealed record CircuitBreakerConfig
{
    /// <summary>Envoy's limit where the control plane names none: 1,024.</summary>
    public const uint DefaultLimit = 1024;

    /// <summary>The limits of a cluster whose message names none.</summary>
    public static CircuitBreakerConfig Default { get; } = new();

    /// <summary>Connections to all endpoints, those being opened included. Default 1,024.</summary>
    public uint MaxConnections { get; init; } = DefaultLimit;

    /// <summary>Connections being opened (max_pending_requests: what waits for a connection). Default 1,024.</summary>
    public uint MaxPendingRequests { get; init; } = DefaultLimit;

    /// <summary>
    /// Connections that are being opened after an attempt on another endpoint has failed. Default: no limit, for Envoy's own limit of 3 concerns HTTP requests only.
    /// </summary>
    public uint MaxRetries { get; init; } = uint.MaxValue;

    /// <summary>Whether what is left is worth a gauge each (track_remaining).</summary>
    public bool TrackRemaining { get; init; }
}
