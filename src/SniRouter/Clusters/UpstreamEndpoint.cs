using System.Net;
using System.Net.Sockets;

namespace Zoneway.SniRouter.Clusters;

/// <summary>One endpoint of a cluster as the data path sees it. Immutable but for <see cref="State"/>, which outlives updates that keep the address.</summary>
public sealed class UpstreamEndpoint
{
    private readonly LocalityEndpoints _locality;

    internal UpstreamEndpoint(EndpointConfig config, LocalityEndpoints locality, EndpointState state)
    {
        Config = config;
        _locality = locality;
        State = state;
        NativeAddresses = config.FurtherAddresses.IsEmpty ? [ToNative(config.Address)] : [ToNative(config.Address), .. config.FurtherAddresses.Select(ToNative)];
    }

    /// <summary>What the control plane said of it.</summary>
    public EndpointConfig Config { get; }

    /// <summary>Where to connect.</summary>
    public EndPoint Address => Config.Address;

    /// <summary>Where it runs.</summary>
    public Locality Locality => _locality.Locality;

    /// <summary>Its priority level; 0 is used first.</summary>
    public uint Priority => _locality.Priority;

    /// <summary>What is counted of it.</summary>
    public EndpointState State { get; }

    /// <summary>The address and those after it, each as the kernel's sockaddr, made once per update; empty for what no socket can have.</summary>
    internal ReadOnlyMemory<byte>[] NativeAddresses { get; }

    /// <inheritdoc/>
    public override string ToString() => Address.ToString() ?? "";

    private static ReadOnlyMemory<byte> ToNative(EndPoint address)
    {
        if (address is not (IPEndPoint or UnixDomainSocketEndPoint))
        {
            return default;
        }

        var native = address.Serialize();
        return native.Buffer[..native.Size];
    }
}

/// <summary>What is known of an address beyond its configuration. Safe for any number of threads.</summary>
public sealed class EndpointState
{
    private long _activeConnections;
    private long _totalConnections;
    private long _connectFailures;

    /// <summary>Connections open to it now.</summary>
    public long ActiveConnections => Volatile.Read(ref _activeConnections);

    /// <summary>Connections ever opened to it.</summary>
    public long TotalConnections => Volatile.Read(ref _totalConnections);

    /// <summary>Connect attempts that failed or timed out.</summary>
    public long ConnectFailures => Volatile.Read(ref _connectFailures);

    internal void Connected()
    {
        Interlocked.Increment(ref _activeConnections);
        Interlocked.Increment(ref _totalConnections);
    }

    internal void Disconnected() => Interlocked.Decrement(ref _activeConnections);

    internal void ConnectFailed() => Interlocked.Increment(ref _connectFailures);
}
