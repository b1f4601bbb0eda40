namespace Zoneway.SniRouter;

/// <summary>The limits of the data plane. The control plane's own values win where it sends any.</summary>
public sealed class SniRouterOptions
{
    /// <summary>Longest time a client may take to deliver its ClientHello, measured from accept. Default 5 s. Must be positive.</summary>
    public TimeSpan ClientHelloTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Most bytes on the wire that a ClientHello may take, record headers included. Default 16 KiB; 512 to 65,536.</summary>
    public int MaxClientHelloBytes { get; set; } = 16 * 1024;

    /// <summary>Connections served at a time; one more is closed at once. Default 0: half of the process's file descriptors, less 256.</summary>
    public int MaxConnections { get; set; }

    /// <summary>Connections that may be waiting for their ClientHello at a time; one more is closed at once. Default 10,000. At least 1.</summary>
    public int MaxSniffingConnections { get; set; } = 10_000;

    /// <summary>Connect attempts per connection, each on another endpoint, when the filter chain names no number. Default 3; 1 to 8.</summary>
    public int ConnectAttempts { get; set; } = 3;

    /// <summary>Every value that is out of range, as a sentence; empty when all is well.</summary>
    public IEnumerable<string> Validate()
    {
        if (ClientHelloTimeout <= TimeSpan.Zero)
        {
            yield return "The ClientHello timeout must be positive.";
        }

        if (MaxClientHelloBytes is < 512 or > 65_536)
        {
            yield return "The ClientHello limit must lie between 512 and 65,536 bytes.";
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
