using Zoneway.MutualTls;

namespace Zoneway.Termination.Rbac;

/// <summary>A connection or request that access control refused, for the audit.</summary>
/// <param name="ConnectionId">The connection.</param>
/// <param name="ServerName">The server name it asked for.</param>
/// <param name="Peer">Who the client has proven to be.</param>
/// <param name="PolicyName">The policy that refused it; empty where no policy let it in.</param>
/// <param name="StatPrefix">The statistics prefix of the filter.</param>
public readonly record struct RbacDenial(string ConnectionId, string ServerName, PeerIdentity Peer, string PolicyName, string StatPrefix)
{
    /// <summary>What a filter's refusal says.</summary>
    public static RbacDenial Of(RbacFilter filter, TerminatedConnection connection, in RbacDecision decision) =>
        new(connection.Id, connection.ServerName, connection.Peer, decision.PolicyName ?? "", filter.Config.StatPrefix);
}
