using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Zoneway.SniRouter.AccessLogs;
using Zoneway.SniRouter.Clusters.Dns;
using Zoneway.SniRouter.Clusters.Health;
using Zoneway.SniRouter.Engine;
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
    /// what serves connections. Options are validated when first read; an <see cref="OptionsValidationException"/> lists every problem.
    /// </summary>
    public static IServiceCollection AddSniRouter(this IServiceCollection services, Action<SniRouterOptions>? configure = null)
    {
        services.AddOptions<SniRouterOptions>().Configure(configure ?? (static _ => { }));
        services.AddSingleton<IValidateOptions<SniRouterOptions>, SniRouterOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();

        services.AddSingleton<RouteTable>();
        services.AddSingleton(CreateDnsResolvers);
        services.AddSingleton(static provider => new ClusterResolver(
            provider.GetRequiredService<DnsResolvers>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<ClusterResolver>>()));
        services.AddSingleton(provider => new HealthMonitoring(
            provider.GetRequiredService<UpstreamConnector>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<HealthMonitoring>>(),
            provider.GetService<IUpstreamSecurity>()));
        services.AddSingleton<DataPlaneUpdater>();
        services.AddSingleton<VirtualConnectionListener>();
        // Kestrel adds its own transport only where no other is yet, and ordinary endpoints need it.
        services.TryAddSingleton<IConnectionListenerFactory, SocketTransportFactory>();
        services.AddSingleton<IConnectionListenerFactory, VirtualConnectionListenerFactory>();
        if (OperatingSystem.IsLinux())
        {
            services.AddSingleton<ConnectionHandOver>();
            services.AddSingleton<EngineContext>();
        }

        services.AddSingleton(CreateTransport);
        services.AddSingleton(provider => new ListenerManager(
            provider.GetRequiredService<IListenerTransport>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<ListenerManager>>()));
        services.AddSingleton<IListenerBinder>(provider => provider.GetRequiredService<ListenerManager>());

        services.AddSingleton<ConnectionTracker>();
        services.AddSingleton<AccessLogger>();
        services.AddSingleton<ConnectionReporter>();
        services.AddSingleton<SniRouterMetrics>();
        services.AddSingleton<UpstreamConnector>();
        services.AddSingleton<ClientHelloPeek>();
        services.AddSingleton<UpstreamDialer>();
        services.AddSingleton<TcpProxy>();
        services.AddSingleton<SniRouterMiddleware>();
        return services;
    }

    private static DnsResolvers CreateDnsResolvers(IServiceProvider services)
    {
        var system = new SystemDnsResolver();
        // Elsewhere there is no resolv.conf, and the refresh rate has to do.
        return new DnsResolvers(system, OperatingSystem.IsWindows() ? system : new StubDnsResolver(services.GetRequiredService<TimeProvider>()));
    }

    private static IListenerTransport CreateTransport(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<SniRouterOptions>>().Value;
        return options.DataPath != DataPath.Portable && OperatingSystem.IsLinux()
            ? ActivatorUtilities.CreateInstance<EngineListenerTransport>(services)
            : ActivatorUtilities.CreateInstance<SocketListenerTransport>(services);
    }

    /// <summary>Adds the endpoint behind which the control plane's listeners come and go.</summary>
    /// <param name="kestrel">The server's options.</param>
    /// <param name="configure">What follows behind the router for connections that are terminated here; null closes them.</param>
    public static void ListenSniRouter(this KestrelServerOptions kestrel, Action<ListenOptions>? configure = null) =>
        kestrel.Listen(VirtualEndPoint.Instance, listen =>
        {
            listen.UseSniRouter();
            (configure ?? Close)(listen);
        });

    // Without this, Kestrel would take what is left over for HTTP.
    private static void Close(ListenOptions listen) => listen.Use(static _ => static _ => Task.CompletedTask);

    /// <summary>
    /// Routes the connections of an endpoint by server name. Connections whose filter chain copies the stream end here; others go on to the next middleware with
    /// <see cref="IRouteFeature"/> set and no byte consumed.
    /// </summary>
    public static ListenOptions UseSniRouter(this ListenOptions listenOptions)
    {
        var router = listenOptions.ApplicationServices.GetRequiredService<SniRouterMiddleware>();
        // Nobody asks for the instruments, so they are made here.
        listenOptions.ApplicationServices.GetRequiredService<SniRouterMetrics>();
        listenOptions.Use(next => connection => router.InvokeAsync(connection, next));
        return listenOptions;
    }
}
