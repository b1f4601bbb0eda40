using System.Collections.Immutable;

namespace Zoneway.SniRouter.Clusters;

/// <summary>How the endpoints of a cluster are asked whether they are well (envoy.config.core.v3.HealthCheck). Default values are Envoy's.</summary>
public sealed record HealthCheckConfig
{
    /// <summary>What is asked.</summary>
    public required HealthProbeConfig Probe { get; init; }

    /// <summary>Longest time an answer may take; above zero.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>Time between two checks of an endpoint; above zero.</summary>
    public required TimeSpan Interval { get; init; }

    /// <summary>Time between two checks of a cluster that has had no traffic yet. Default 60 s.</summary>
    public TimeSpan NoTrafficInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Upper bound of a random time before the first check. Default none.</summary>
    public TimeSpan InitialJitter { get; init; }

    /// <summary>Upper bound of a random time added to each interval. Default none.</summary>
    public TimeSpan IntervalJitter { get; init; }

    /// <summary>The same as a percentage of the interval; both are added. Default 0.</summary>
    public uint IntervalJitterPercent { get; init; }

    /// <summary>Failures in a row that make an endpoint unhealthy; at least 1.</summary>
    public required uint UnhealthyThreshold { get; init; }

    /// <summary>Successes in a row that make it healthy again; at least 1.</summary>
    public required uint HealthyThreshold { get; init; }

    /// <summary>The port to ask on; 0 for the endpoint's own.</summary>
    public int Port { get; init; }

    /// <summary>Whether a connection serves several checks. Default true.</summary>
    public bool ReusesConnection { get; init; } = true;

    /// <summary>The file that changes of health are written to; empty for none.</summary>
    public string EventLogPath { get; init; } = "";

    /// <summary>Whether that file gets every failed check, not only the first one.</summary>
    public bool LogsEveryFailure { get; init; }
}

/// <summary>What a health check asks of an endpoint.</summary>
public abstract record HealthProbeConfig;

/// <summary>A connection, and an answer with certain bytes in it where such are given.</summary>
/// <param name="Send">What to send; empty to connect only.</param>
/// <param name="Receive">The parts that the answer must have, in this order.</param>
public sealed record TcpHealthProbe(ReadOnlyMemory<byte> Send, ImmutableArray<ReadOnlyMemory<byte>> Receive) : HealthProbeConfig;

/// <summary>A GET request that must be answered with one of certain statuses.</summary>
public sealed record HttpHealthProbe : HealthProbeConfig
{
    /// <summary>The path; begins with a slash.</summary>
    public required string Path { get; init; }

    /// <summary>The Host header; empty for the name of the cluster.</summary>
    public string Host { get; init; } = "";

    /// <summary>Whether HTTP/2 is spoken rather than HTTP/1.1.</summary>
    public bool IsHttp2 { get; init; }

    /// <summary>Headers that are sent besides.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>The statuses that count as success, each from its first to before its second. Default 200 only.</summary>
    public ImmutableArray<(int First, int End)> ExpectedStatuses { get; init; } = [(200, 201)];
}

/// <summary>A call of grpc.health.v1.Health/Check that must be answered with SERVING.</summary>
/// <param name="Service">The service asked about; empty for the server as a whole.</param>
/// <param name="Authority">The authority of the call; empty for the name of the cluster.</param>
public sealed record GrpcHealthProbe(string Service, string Authority) : HealthProbeConfig;
