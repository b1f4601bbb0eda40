using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Zoneway.MutualTls;

namespace Zoneway.Termination.Rbac;

/// <summary>
/// Fits peers by the name that their certificate proves (Principal.Authenticated). Names are those of <see cref="PeerIdentity.PrincipalNames"/>, of which one has to fit:
/// a peer with URI names has no other. A peer without a verified certificate never fits.
/// </summary>
/// <param name="Name">What the name must be; null for any peer with a verified certificate.</param>
public sealed record AuthenticatedCondition(StringMatcher? Name) : RbacCondition
{
    /// <inheritdoc/>
    public override bool Fits(TerminatedConnection connection, HttpRequest? request)
    {
        var peer = connection.Peer;
        if (!peer.IsAuthenticated || Name is null)
        {
            return peer.IsAuthenticated;
        }

        // PrincipalNames itself would allocate an array for the subject.
        return !peer.UriNames.IsEmpty ? AnyFits(peer.UriNames, Name) : !peer.DnsNames.IsEmpty ? AnyFits(peer.DnsNames, Name) : Name.Matches(peer.Subject);
    }

    /// <inheritdoc/>
    public override string ToString() => Name is null ? "any authenticated peer" : $"peer {Name}";

    private static bool AnyFits(ImmutableArray<string> names, StringMatcher matcher)
    {
        foreach (var name in names)
        {
            if (matcher.Matches(name))
            {
                return true;
            }
        }

        return false;
    }
}
