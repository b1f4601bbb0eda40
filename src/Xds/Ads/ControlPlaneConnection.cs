using System.Security.Cryptography.X509Certificates;
using Zoneway.Xds.Grpc;

namespace Zoneway.Xds.Ads;

/// <summary>How the control plane is reached: what the bootstrap says of its <c>ads_cluster</c> (protocol §1.3).</summary>
public sealed record ControlPlaneConnection
{
    /// <summary><c>https://host:port</c>, or <c>http://host:port</c> for HTTP/2 without TLS. A name is resolved anew for each stream.</summary>
    public required Uri Address { get; init; }

    /// <summary>Name sent as SNI and looked for in the certificate. Default null: the host of <see cref="Address"/>.</summary>
    public string? ServerName { get; init; }

    /// <summary>The only certificates trusted, roots or not: the server's own will do. Default null: the system's.</summary>
    public X509Certificate2Collection? TrustedRoots { get; init; }

    /// <summary>Says of a server certificate with a good chain whether it is the control plane's. Must not throw. Default null: the server name decides.</summary>
    public Func<X509Certificate2, bool>? IsExpectedServer { get; init; }

    /// <summary>Accepts every server certificate, which makes the connection open to interception. Default false.</summary>
    public bool SkipVerification { get; init; }

    /// <summary>Longest time for name resolution, TCP and TLS together. Default 10 s. Must be positive.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Silence after which the connection is probed with an HTTP/2 ping; at least 1 s, infinite for never. Default 20 s.</summary>
    /// <remarks>With the timeout and the handler's tick a dead peer is noticed within 40 s. Kuma itself has its proxies ping every 10 s (protocol §1.3).</remarks>
    public TimeSpan PingDelay { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Longest wait for the answer to a ping, after which the stream counts as broken. Default 10 s; at least 1 s.</summary>
    public TimeSpan PingTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>TCP keepalive: silence before the first probe, and time between probes; whole seconds. Default 10 s; null for none.</summary>
    public TimeSpan? TcpKeepAliveTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>TCP keepalive: probes without an answer after which the connection is given up. Default 3.</summary>
    public int TcpKeepAliveProbes { get; init; } = 3;

    /// <summary>Largest response accepted, in bytes; a larger one ends the stream. Default 256 MiB: responses hold the whole mesh (protocol §3.1).</summary>
    public int MaxResponseBytes { get; init; } = 256 * 1024 * 1024;

    /// <summary>Makes a channel; nothing is connected yet.</summary>
    /// <exception cref="ArgumentException">A value is out of range.</exception>
    internal GrpcChannel CreateChannel(TimeProvider timeProvider) => GrpcChannel.ForAddress(Address, new GrpcChannelOptions
    {
        ConnectTimeout = ConnectTimeout,
        KeepAlivePingDelay = PingDelay,
        KeepAlivePingTimeout = PingTimeout,
        TcpKeepAlive = TcpKeepAliveTime is { } time ? new TcpKeepAliveOptions(time, time, TcpKeepAliveProbes) : null,
        MaxReceiveMessageBytes = MaxResponseBytes,
        TimeProvider = timeProvider,
        Tls = new GrpcTlsOptions
        {
            ServerName = ServerName,
            TrustedRoots = TrustedRoots,
            IsExpectedServer = IsExpectedServer,
            SkipVerification = SkipVerification,
        },
    });
}
