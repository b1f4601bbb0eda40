using System.Net;
using Zoneway.MutualTls;

namespace Zoneway.Termination;

/// <summary>What is known of a connection whose TLS was ended here; access control, routes and logs look at it. Immutable.</summary>
public sealed record TerminatedConnection
{
    /// <summary>Id for logs, unique in the process.</summary>
    public required string Id { get; init; }

    /// <summary>The server name of the ClientHello in lower case; empty for none.</summary>
    public string ServerName { get; init; } = "";

    /// <summary>Who the client has proven to be.</summary>
    public PeerIdentity Peer { get; init; } = PeerIdentity.None;

    /// <summary>The client's address; null where the transport has none.</summary>
    public IPEndPoint? Remote { get; init; }

    /// <summary>The address that the client connected to.</summary>
    public IPEndPoint? Local { get; init; }

    /// <summary>What set_filter_state has noted, by key.</summary>
    public IReadOnlyDictionary<string, string> FilterState { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
