namespace Zoneway.SniRouter.Clusters;

/// <summary>
/// How much of a cluster may be in use at a time (CircuitBreakers.Thresholds of default priority). Unsigned as on the wire; 0 allows nothing.
/// </summary>
/// <remarks>
/// A limit that the control plane does not name is not there. Envoy would take 1,024, which suits a sidecar's HTTP pools; here every client connection is one to an endpoint, and
/// a service of a zone easily has more of them.
/// </remarks>
public sealed record CircuitBreakerConfig
{
    /// <summary>The limits of a cluster whose message names none.</summary>
    public static CircuitBreakerConfig Default { get; } = new();

    /// <summary>Connections to all endpoints, those being opened included. Default: no limit.</summary>
    public uint MaxConnections { get; init; } = uint.MaxValue;

    /// <summary>Connections being opened (max_pending_requests: what waits for a connection). Default: no limit.</summary>
    public uint MaxPendingRequests { get; init; } = uint.MaxValue;

    /// <summary>Requests that are forwarded, from the choice of the first endpoint to the end of the answer. Default: no limit. Only where HTTP ends here.</summary>
    public uint MaxRequests { get; init; } = uint.MaxValue;

    /// <summary>
    /// Connections that are being opened after an attempt on another endpoint has failed, and requests on a further attempt. Default: no limit.
    /// </summary>
    public uint MaxRetries { get; init; } = uint.MaxValue;

    /// <summary>Whether what is left is worth a gauge each (track_remaining).</summary>
    public bool TrackRemaining { get; init; }
}
