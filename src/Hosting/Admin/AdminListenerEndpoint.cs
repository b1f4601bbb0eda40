using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Zoneway.SniRouter.Proxying;
using Zoneway.Xds.Admin;

namespace Zoneway.Hosting.Admin;

/// <summary>What follows behind the router: connections of the admin listener's chains go on to the admin API, with TLS where the chain has it; all others end here.</summary>
internal static class AdminListenerEndpoint
{
    /// <summary>Configures the virtual endpoint.</summary>
    public static void Configure(ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.Http1;
        listen.Use(next => new AdminConnectionLimit(connection => ServeAsync(connection, next), AdminEndpoints.MaxConnections).OnConnectionAsync);
    }

    private static Task ServeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (connection.Features.Get<IRouteFeature>()?.FilterChain.Action is not AdminChainConfig chain)
        {
            return Task.CompletedTask;
        }

        // HTTP looks here for the paths that this chain serves.
        connection.Features.Set(chain);
        return chain.Tls is null ? next(connection) : AdminTls.ServeAsync(connection, chain.Tls, next);
    }
}
