using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Zoneway.SniRouter.Listeners;
using Zoneway.SniRouter.Proxying;
using Zoneway.SniRouter.Routing;
using Zoneway.SniRouter.Telemetry;

namespace Zoneway.SniRouter;

/// <summary>Adds the data plane to a program and to Kestrel.</summary>
public static class SniRouterExtensions
{
    /// <summary>
    /// Registers the data plane: <see cref="RouteTable"/>, <see cref="DataPlaneUpdater"/>, <see cref="ListenerManager"/>, <see cref="ConnectionTracker"/> and
    /// what serves connections. Options are validated when first read; an <see cref="Microsoft.Extensions.Options.OptionsValidationException"/> lists every problem.
    /// </summary>
    public static IServiceCollection AddSniRouter(this IServiceCollection services, Action<SniRouterOptions>? configure = null)
    {
        services.AddOptions<SniRouterOptions>().Configure(configure ?? (static _ => { }));
        services.AddSingleton<Microsoft.Extensions.Options.IValidateOptions<SniRouterOptions>, SniRouterOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();

        services.AddSingleton<RouteTable>();
        services.AddSingleton<DataPlaneUpdater>();
        services.AddSingleton<VirtualConnectionListener>();
        services.AddSingleton<IConnectionListenerFactory, VirtualConnectionListenerFactory>();
        services.AddSingleton<IListenerTransport, SocketListenerTransport>();
        services.AddSingleton(provider => new ListenerManager(
            provider.GetRequiredService<IListenerTransport>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<ListenerManager>>()));
        services.AddSingleton<IListenerBinder>(provider => provider.GetRequiredService<ListenerManager>());

        services.AddSingleton<ConnectionTracker>();
        services.AddSingleton<ConnectionReporter>();
        services.AddSingleton<SniRouterMetrics>();
        services.AddSingleton<UpstreamConnector>();
        services.AddSingleton<ClientHelloPeek>();
        services.AddSingleton<TcpProxy>();
        services.AddSingleton<SniRouterMiddleware>();
        return services;
    }

    /// <summary>Adds the endpoint behind which the control plane's listeners come and go.</summary>
    /// <param name="kestrel">The server's options.</param>
    /// <param name="configure">What follows behind the router for connections that are terminated here; null closes them.</param>
    public static void ListenSniRouter(this KestrelServerOptions kestrel, Action<ListenOptions>? configure = null) =>
        kestrel.Listen(VirtualEndPoint.Instance, listen =>
        {
            listen.UseSniRouter();
            configure?.Invoke(listen);
        });

    /// <summary>
    /// Routes the connections of an endpoint by server name. Connections whose filter chain copies the stream end here; others go on to the next middleware with
    /// <see cref="IRouteFeature"/> set and no byte consumed.
    /// </summary>
    public static ListenOptions UseSniRouter(this ListenOptions listenOptions)
    {
        var router = listenOptions.ApplicationServices.GetRequiredService<SniRouterMiddleware>();
        listenOptions.Use(next => connection => router.InvokeAsync(connection, next));
        return listenOptions;
    }
}
