using System.Net;
using System.Net.Sockets;
using Zoneway.SniRouter.Clusters.Health;

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
        Health = state.HealthOf(config);
        NativeAddresses = config.FurtherAddresses.IsEmpty ? [ToNative(config.Address)] : [ToNative(config.Address), .. config.FurtherAddresses.Select(ToNative)];
    }

    private UpstreamEndpoint(UpstreamEndpoint other)
    {
        Config = other.Config;
        _locality = other._locality;
        State = other.State;
        Health = other.State.HealthOf(other.Config);
        NativeAddresses = other.NativeAddresses;
    }

    /// <summary>What the control plane said of it.</summary>
    public EndpointConfig Config { get; }

    /// <summary>Its health when the snapshot that it belongs to was made: what the control plane says of it, or worse.</summary>
    public EndpointHealth Health { get; }

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

    /// <summary>Whether it is one of a handful of endpoints.</summary>
    internal bool IsAmong(ReadOnlySpan<UpstreamEndpoint?> others)
    {
        foreach (var other in others)
        {
            if (ReferenceEquals(other, this))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The same endpoint with the health that it has now.</summary>
    internal UpstreamEndpoint Refresh() => State.HealthOf(Config) == Health ? this : new UpstreamEndpoint(this);

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
    private int _flags;
    private OutlierMonitor? _outlier;
    private long _activeConnections;
    private long _totalConnections;
    private long _connectFailures;

    /// <summary>Connections open to it now.</summary>
    public long ActiveConnections => Volatile.Read(ref _activeConnections);

    /// <summary>Connections ever opened to it.</summary>
    public long TotalConnections => Volatile.Read(ref _totalConnections);

    /// <summary>Connect attempts that failed or timed out.</summary>
    public long ConnectFailures => Volatile.Read(ref _connectFailures);

    /// <summary>What health checks and outlier detection have against it now; <see cref="UpstreamEndpoint.Health"/> follows a moment later.</summary>
    public EndpointHealthFlags Flags => (EndpointHealthFlags)Volatile.Read(ref _flags);

    /// <summary>Outlier detection; null where the cluster has none.</summary>
    internal OutlierMonitor? Outlier
    {
        get => Volatile.Read(ref _outlier);
        set => Volatile.Write(ref _outlier, value);
    }

    /// <summary>Tells outlier detection of the HTTP status of an answer (a gRPC answer counts by the HTTP status that stands for it). Any thread; costs a null check where the cluster has none.</summary>
    public void ReportResponse(int status) => Outlier?.Answered(status);

    /// <summary>Tells outlier detection of a request that got no answer, for it took too long or its stream was reset. Not for failures to connect, which are counted already.</summary>
    public void ReportNoResponse() => Outlier?.LocalFailure();

    /// <summary>Counts a connection in.</summary>
    /// <param name="answersFollow">Whether <see cref="ReportResponse"/> will tell of what comes over it: then outlier detection takes the connection alone for no good sign.</param>
    internal void Connected(bool answersFollow = false)
    {
        Interlocked.Increment(ref _activeConnections);
        Interlocked.Increment(ref _totalConnections);
        Outlier?.Connected(answersFollow);
    }

    internal void Disconnected() => Interlocked.Decrement(ref _activeConnections);

    internal void ConnectFailed()
    {
        Interlocked.Increment(ref _connectFailures);
        Outlier?.LocalFailure();
    }

    internal EndpointHealth HealthOf(EndpointConfig config) => Flags == EndpointHealthFlags.None ? config.Health : EndpointHealth.Unhealthy;

    internal void Set(EndpointHealthFlags flag) => Interlocked.Or(ref _flags, (int)flag);

    internal void Clear(EndpointHealthFlags flag) => Interlocked.And(ref _flags, ~(int)flag);
}
