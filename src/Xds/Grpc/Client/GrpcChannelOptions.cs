namespace Zoneway.Xds.Grpc;

/// <summary>How a <see cref="GrpcChannel"/> connects and what it accepts.</summary>
internal sealed record GrpcChannelOptions
{
    /// <summary>Largest message accepted, in bytes. Larger ones end the call with <see cref="StatusCode.ResourceExhausted"/>. Default: no limit of its own.</summary>
    public int MaxReceiveMessageBytes { get; init; } = int.MaxValue;

    /// <summary>Longest time for name resolution, TCP and TLS together. Default 10 s. Must be positive.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Silence on a connection with calls after which it is probed with an HTTP/2 ping; at least 1 s, infinite for never. Default 30 s:
    /// servers built on gRPC's C core end the calls of clients that ping much more often ("too many pings").
    /// </summary>
    public TimeSpan KeepAlivePingDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest wait for the answer to a ping, after which all calls end with <see cref="StatusCode.Unavailable"/>. Default 20 s; at least 1 s.</summary>
    public TimeSpan KeepAlivePingTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Probing below HTTP/2, by the operating system. Default null: not used.</summary>
    public TcpKeepAliveOptions? TcpKeepAlive { get; init; }

    /// <summary>How an https address is verified. Default: against the system's certificate authorities. Not used for http addresses.</summary>
    public GrpcTlsOptions Tls { get; init; } = new();

    /// <summary>Clock of the deadlines. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}

/// <summary>TCP keepalive of a connection; each value has the resolution of a second.</summary>
/// <param name="Time">Silence before the first probe.</param>
/// <param name="Interval">Time between probes without an answer.</param>
/// <param name="Probes">Probes without an answer after which the connection is given up.</param>
internal sealed record TcpKeepAliveOptions(TimeSpan Time, TimeSpan Interval, int Probes);
