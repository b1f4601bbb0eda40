namespace Zoneway.SniRouter.AccessLogs;

/// <summary>One access log of a filter chain or a listener (envoy.config.accesslog.v3.AccessLog): where a line goes, what it says, and for which connections.</summary>
public sealed record AccessLogConfig
{
    /// <summary>Where lines go.</summary>
    public required AccessLogDestination Destination { get; init; }

    /// <summary>What a line says.</summary>
    public required AccessLogFormat Format { get; init; }

    /// <summary>Only connections with this server name are logged, compared without case; empty logs every one.</summary>
    public string ServerName { get; init; } = "";

    /// <summary>What has to be known of a connection for it.</summary>
    internal AccessLogNeeds Needs => Format.Needs | (ServerName.Length > 0 ? AccessLogNeeds.ServerName : AccessLogNeeds.None);
}

/// <summary>Where the lines of an access log go. Logs of the same destination share one writer.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Address">The path of the file, or host and port of the collector.</param>
public sealed record AccessLogDestination(AccessLogDestinationKind Kind, string Address)
{
    /// <summary>Whether an address is one of a collector: <c>host:port</c>, with brackets around an IPv6 address.</summary>
    public static bool IsCollector(string address) => TcpSink.TrySplit(address, out _, out _);

    /// <inheritdoc/>
    public override string ToString() => Address;
}

/// <summary>What takes the lines.</summary>
public enum AccessLogDestinationKind
{
    /// <summary>A file, appended to. <c>/dev/stdout</c> and <c>/dev/stderr</c> are the program's own.</summary>
    File,

    /// <summary>A collector that reads lines from a TCP connection.</summary>
    Tcp,
}

/// <summary>What a log wants to know that is not known for free.</summary>
[Flags]
internal enum AccessLogNeeds
{
    /// <summary>Nothing more.</summary>
    None = 0,

    /// <summary>The server name as a string.</summary>
    ServerName = 1,

    /// <summary>The two addresses of the client's connection.</summary>
    Downstream = 2,

    /// <summary>The address from which the endpoint was connected to.</summary>
    UpstreamLocal = 4,
}
