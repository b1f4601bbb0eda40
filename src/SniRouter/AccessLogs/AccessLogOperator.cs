using System.Collections.Frozen;
using System.Net;
using Zoneway.SniRouter.Telemetry;

namespace Zoneway.SniRouter.AccessLogs;

/// <summary>A command operator of Envoy's access log formats, as far as a connection that is passed through has a value for it.</summary>
/// <param name="Name">Its name, without percent signs.</param>
/// <param name="Needs">What has to be known of a connection for it.</param>
/// <param name="Read">The value for an entry; the second argument is what stands in its parentheses.</param>
internal sealed record AccessLogOperator(string Name, AccessLogNeeds Needs, Func<AccessLogEntry, string, AccessLogValue> Read)
{
    // Longest server name worth writing: a DNS name has 253 characters, Kuma's own have a few more.
    private const int LongestServerName = 512;

    private static readonly string HostName = Dns.GetHostName();

    private static readonly FrozenDictionary<string, AccessLogOperator> All = Create().ToFrozenDictionary(each => each.Name, StringComparer.Ordinal);

    /// <summary>The operator of a name; null for one that has no value here.</summary>
    public static AccessLogOperator? Find(string name) => All.GetValueOrDefault(name);

    private static IEnumerable<AccessLogOperator> Create() =>
    [
        Plain("START_TIME", static (entry, pattern) => Text(StartTimeFormat.Format(entry.StartTime, pattern))),
        Plain("DURATION", static (entry, _) => Number((long)entry.Report.Duration.TotalMilliseconds)),
        // Envoy speaks of the client's connection: what we send to the endpoint is what came from the client.
        Plain("BYTES_RECEIVED", static (entry, _) => Number(entry.Report.BytesSent)),
        Plain("BYTES_SENT", static (entry, _) => Number(entry.Report.BytesReceived)),
        Plain("UPSTREAM_WIRE_BYTES_SENT", static (entry, _) => Number(entry.Report.BytesSent)),
        Plain("UPSTREAM_WIRE_BYTES_RECEIVED", static (entry, _) => Number(entry.Report.BytesReceived)),
        Plain("DOWNSTREAM_WIRE_BYTES_RECEIVED", static (entry, _) => Number(entry.Report.BytesSent)),
        Plain("DOWNSTREAM_WIRE_BYTES_SENT", static (entry, _) => Number(entry.Report.BytesReceived)),
        Plain("RESPONSE_CODE", static (entry, _) => Number(entry.Request?.Status ?? 0)),
        Plain("RESPONSE_CODE_DETAILS", static (entry, _) => Text(entry.Request?.Details)),
        Plain("PROTOCOL", static (entry, _) => Text(entry.Request?.Protocol)),
        Plain("REQ", static (entry, names) => Text(Header(entry.Request?.RequestHeaders, names))),
        Plain("RESP", static (entry, names) => Text(Header(entry.Request?.ResponseHeaders, names))),
        Plain("DOWNSTREAM_PEER_URI_SAN", static (entry, _) => Text(entry.Request?.PeerUriNames)),
        Plain("RESPONSE_FLAGS", static (entry, _) => Text(Ended(entry) ? ResponseFlags.Short(entry.Report.Outcome) : "-")),
        Plain("RESPONSE_FLAGS_LONG", static (entry, _) => Text(Ended(entry) ? ResponseFlags.Long(entry.Report.Outcome) : "-")),
        Plain("CONNECTION_TERMINATION_DETAILS", static (entry, _) => Text(Ended(entry) && entry.Report.Outcome != ConnectionOutcome.Completed ? entry.Report.Outcome.Tag() : "")),
        Plain("CONNECTION_ID", static (entry, _) => Text(entry.Report.ConnectionId)),
        Plain("UPSTREAM_CLUSTER", static (entry, _) => Text(entry.Report.Cluster?.Name)),
        Plain("UPSTREAM_CLUSTER_RAW", static (entry, _) => Text(entry.Report.Cluster?.Name)),
        Plain("FILTER_CHAIN_NAME", static (entry, _) => Text(entry.Report.FilterChain?.Name)),
        Plain("HOSTNAME", static (_, _) => Text(HostName)),
        Plain("ACCESS_LOG_TYPE", static (entry, _) => Text(entry.Type.ToString())),
        new("REQUESTED_SERVER_NAME", AccessLogNeeds.ServerName, static (entry, _) => Text(Lower(entry.Report.ServerName))),
        .. OfAddress("UPSTREAM_HOST", AccessLogNeeds.None, static entry => entry.Report.Endpoint?.Address),
        .. OfAddress("UPSTREAM_REMOTE_", AccessLogNeeds.None, static entry => entry.Report.Endpoint?.Address),
        .. OfAddress("UPSTREAM_LOCAL_", AccessLogNeeds.UpstreamLocal, static entry => entry.Addresses.UpstreamLocal),
        .. OfAddress("DOWNSTREAM_REMOTE_", AccessLogNeeds.Downstream, static entry => entry.Addresses.DownstreamRemote),
        .. OfAddress("DOWNSTREAM_DIRECT_REMOTE_", AccessLogNeeds.Downstream, static entry => entry.Addresses.DownstreamRemote),
        .. OfAddress("DOWNSTREAM_LOCAL_", AccessLogNeeds.Downstream, static entry => entry.Addresses.DownstreamLocal),
        .. OfAddress("DOWNSTREAM_DIRECT_LOCAL_", AccessLogNeeds.Downstream, static entry => entry.Addresses.DownstreamLocal),
    ];

    /// <summary>The operators for one address: whole, without its port, and the port alone. A name without an underscore at its end has only the first.</summary>
    private static IEnumerable<AccessLogOperator> OfAddress(string prefix, AccessLogNeeds needs, Func<AccessLogEntry, EndPoint?> address)
    {
        var whole = prefix.EndsWith('_') ? $"{prefix}ADDRESS" : prefix;
        yield return new(whole, needs, (entry, _) => Text(Unmapped(address(entry))?.ToString()));
        if (prefix.EndsWith('_'))
        {
            yield return new($"{prefix}ADDRESS_WITHOUT_PORT", needs, (entry, _) => Text(Unmapped(address(entry)) is IPEndPoint ip ? ip.Address.ToString() : address(entry)?.ToString()));
            yield return new($"{prefix}PORT", needs, (entry, _) => address(entry) is IPEndPoint ip ? Number(ip.Port) : AccessLogValue.None);
        }
    }

    // A dual-mode listener sees IPv4 clients as ::ffff:10.0.0.1, which is not how anyone calls them.
    private static EndPoint? Unmapped(EndPoint? address) =>
        address is IPEndPoint { Address.IsIPv4MappedToIPv6: true } ip ? new IPEndPoint(ip.Address.MapToIPv4(), ip.Port) : address;

    private static string Lower(string? name) => name is null ? "" : (name.Length > LongestServerName ? name[..LongestServerName] : name).ToLowerInvariant();

    private static bool Ended(AccessLogEntry entry) => entry.Type is AccessLogType.TcpConnectionEnd or AccessLogType.DownstreamEnd;

    // REQ(FIRST?OTHER): the other one where the first is not there.
    private static string? Header(IReadOnlyDictionary<string, string>? headers, string names)
    {
        foreach (var name in names.Split('?'))
        {
            if (headers?.GetValueOrDefault(name) is { Length: > 0 } value)
            {
                return value;
            }
        }

        return null;
    }

    private static AccessLogOperator Plain(string name, Func<AccessLogEntry, string, AccessLogValue> read) => new(name, AccessLogNeeds.None, read);

    private static AccessLogValue Text(string? text) => AccessLogValue.Of(text);

    private static AccessLogValue Number(long number) => AccessLogValue.Of(number);
}
