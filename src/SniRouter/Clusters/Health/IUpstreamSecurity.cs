using System.Net.Security;

namespace Zoneway.SniRouter.Clusters.Health;

/// <summary>
/// Adds to a fresh connection what its cluster asks for, such as TLS. A program that can do that registers one; without it, endpoints that are not spoken to in plain text are
/// checked for accepting connections only.
/// </summary>
public interface IUpstreamSecurity
{
    /// <summary>Makes a connection ready to be spoken on.</summary>
    /// <param name="stream">The connection. It is closed with the stream returned, or when this fails.</param>
    /// <param name="cluster">The cluster, which says how its endpoints are spoken to.</param>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="protocol">The ALPN name to offer where the configuration has none; null offers none.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The stream to speak on; or null and what went wrong.</returns>
    ValueTask<(Stream? Stream, string Problem)> AuthenticateAsync(
        Stream stream, ClusterConfig cluster, UpstreamEndpoint endpoint, SslApplicationProtocol? protocol, CancellationToken cancellationToken);
}
