using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Zoneway.SniRouter.Proxying;
using Zoneway.Xds.Admin;

namespace Zoneway.Hosting.Admin;

/// <summary>
/// What follows behind the router: connections of the admin listener's chains go on to the admin API, with TLS where the chain has it; those of chains that end TLS go to the
/// program's own part; all others end here.
/// </summary>
internal static class AdminListenerEndpoint
{
    /// <summary>Configures the virtual endpoint.</summary>
    public static void Configure(ListenOptions listen, ITerminationModule? termination)
    {
        listen.Protocols = HttpProtocols.Http1;
        var terminated = termination?.CreateHandler(listen.ApplicationServices) ?? (static _ => Task.CompletedTask);
        listen.Use(next =>
        {
            var admin = new AdminConnectionLimit(connection => ServeAsync(connection, next), AdminEndpoints.MaxConnections);
            return connection => IsAdmin(connection) ? admin.OnConnectionAsync(connection) : terminated(connection);
        });
    }

    private static bool IsAdmin(ConnectionContext connection) => connection.Features.Get<IRouteFeature>()?.FilterChain.Action is AdminChainConfig;

    private static Task ServeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var chain = (AdminChainConfig)connection.Features.Get<IRouteFeature>()!.FilterChain.Action;

        // HTTP looks here for the paths that this chain serves.
        connection.Features.Set(chain);
        return chain.Tls is null ? next(connection) : AdminTls.ServeAsync(connection, chain.Tls, next);
    }
}
