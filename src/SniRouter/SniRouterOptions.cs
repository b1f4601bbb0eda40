namespace Zoneway.SniRouter;

/// <summary>The limits of the data plane. The control plane's own values win where it sends any.</summary>
public sealed class SniRouterOptions
{
    /// <summary>Longest time a client may take to deliver its ClientHello, measured from accept. Default 5 s. Must be positive.</summary>
    public TimeSpan ClientHelloTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Longest time a TLS handshake with a client may take, measured from the end of its ClientHello, where TLS is ended here and the filter chain names no time. Default 10 s. Must be positive.
    /// </summary>
    public TimeSpan TlsHandshakeTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest time a client may take after its handshake until its first bytes tell which HTTP it speaks. Default 60 s. Must be positive.</summary>
    public TimeSpan HttpPrefaceTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Most bytes on the wire that a ClientHello may take, record headers included. Default 16 KiB; 512 to 65,536.</summary>
    public int MaxClientHelloBytes { get; set; } = 16 * 1024;

    /// <summary>Connections served at a time; one more is closed at once. Default 0, and at most: half of the file descriptors, less 256.</summary>
    public int MaxConnections { get; set; }

    /// <summary>Connections that may be waiting for their ClientHello at a time; one more is closed at once. Default 10,000. At least 1.</summary>
    public int MaxSniffingConnections { get; set; } = 10_000;

    /// <summary>
    /// Most bytes of the headers of an HTTP request that ends here, its first line included, whatever the control plane allows (it allows 60 KiB where it names nothing). Default 128 KiB; 8 KiB to 8 MiB.
    /// </summary>
    public int MaxRequestHeaderBytes { get; set; } = 128 * 1024;

    /// <summary>Connect attempts per connection, each on another endpoint, when the filter chain names no number. Default 3; 1 to 8.</summary>
    public int ConnectAttempts { get; set; } = 3;

    /// <summary>
    /// Longest time without a byte once one side has finished sending. Default 5 min. Must be positive. The idle timeout of the filter chain holds as well.
    /// </summary>
    public TimeSpan HalfClosedTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Whether filter chains are reachable under the SNI forms of other Kuma generations too, where it is certain what they stand for. Default false: for the time of an upgrade.
    /// </summary>
    public bool SniAliases { get; set; }

    /// <summary>What moves the bytes. Default <see cref="DataPath.Auto"/>.</summary>
    public DataPath DataPath { get; set; }

    /// <summary>
    /// Whether the engine lets the kernel keep a connection until its first bytes are there (TCP_DEFER_ACCEPT), which makes connecting cheaper. A client that sends
    /// nothing is then accepted about a second later. Default true.
    /// </summary>
    public bool DeferAccept { get; set; } = true;

    /// <summary>Threads of the engine. Default 0: one per processor. At most 256.</summary>
    public int Concurrency { get; set; }

    /// <summary>Every value that is out of range, as a sentence; empty when all is well.</summary>
    public IEnumerable<string> Validate()
    {
        if (ClientHelloTimeout <= TimeSpan.Zero)
        {
            yield return "The ClientHello timeout must be positive.";
        }

        if (TlsHandshakeTimeout <= TimeSpan.Zero)
        {
            yield return "The TLS handshake timeout must be positive.";
        }

        if (HttpPrefaceTimeout <= TimeSpan.Zero)
        {
            yield return "The HTTP preface timeout must be positive.";
        }

        if (HalfClosedTimeout <= TimeSpan.Zero)
        {
            yield return "The half-closed timeout must be positive.";
        }

        if (Concurrency is < 0 or > 256)
        {
            yield return "The concurrency must lie between 0 and 256.";
        }

        if (DataPath == DataPath.Engine && !OperatingSystem.IsLinux())
        {
            yield return "The engine needs Linux; use the portable data path.";
        }

        if (MaxClientHelloBytes is < 512 or > 65_536)
        {
            yield return "The ClientHello limit must lie between 512 and 65,536 bytes.";
        }

        if (MaxRequestHeaderBytes is < 8 * 1024 or > 8 * 1024 * 1024)
        {
            yield return "The limit of request headers must lie between 8,192 and 8,388,608 bytes.";
        }

        if (MaxConnections < 0)
        {
            yield return "The connection limit must not be negative.";
        }

        if (MaxSniffingConnections < 1)
        {
            yield return "The limit of connections waiting for a ClientHello must be at least 1.";
        }

        if (ConnectAttempts is < 1 or > Clusters.EndpointAttempts.MaxAttempts)
        {
            yield return $"The number of connect attempts must lie between 1 and {Clusters.EndpointAttempts.MaxAttempts}.";
        }
    }
}

/// <summary>What moves the bytes of connections that are passed through.</summary>
public enum DataPath
{
    /// <summary>The engine on Linux, the portable path elsewhere.</summary>
    Auto,

    /// <summary>Epoll loops with splice(2). Linux on x64 and arm64.</summary>
    Engine,

    /// <summary>Kestrel's socket transport and pipes. Everywhere.</summary>
    Portable,
}
