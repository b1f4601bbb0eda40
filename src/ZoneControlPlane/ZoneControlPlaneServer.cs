using Envoy.Service.Discovery.V3;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Zoneway.Xds.Grpc;
using Zoneway.ZoneControlPlane.Ads;
using Zoneway.ZoneControlPlane.Bootstrap;
using Zoneway.ZoneControlPlane.Catalog;
using Zoneway.ZoneControlPlane.Listening;

namespace Zoneway.ZoneControlPlane;

/// <summary>A running control plane: composition of its parts around one Kestrel port. Dispose to stop it.</summary>
internal sealed partial class ZoneControlPlaneServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ZoneControlPlaneServer(WebApplication app, ZoneControlPlaneOptions options)
    {
        _app = app;
        Address = ReadAddress(app, options);
    }

    /// <summary>Where the control plane listens: scheme, IP address and the port that was bound.</summary>
    public Uri Address { get; }

    /// <summary>Starts a control plane and returns when its port is bound. The directory is read in the background; <c>GET /ready</c> tells when it was.</summary>
    /// <param name="options">What to serve.</param>
    /// <param name="configureLogging">Adds log providers; null logs nowhere.</param>
    /// <param name="time">Clock of all intervals; null means the system's.</param>
    /// <param name="cancellation">Gives up starting.</param>
    /// <exception cref="IOException">The port cannot be bound.</exception>
    public static async Task<ZoneControlPlaneServer> StartAsync(
        ZoneControlPlaneOptions options,
        Action<ILoggingBuilder>? configureLogging = null,
        TimeProvider? time = null,
        CancellationToken cancellation = default)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        configureLogging?.Invoke(builder.Logging);
        builder.Services.AddZoneControlPlane(options, time ?? TimeProvider.System);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        KestrelSetup.Apply(builder, options);
        var app = builder.Build();
        MapEndpoints(app);
        try
        {
            await app.StartAsync(cancellation);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        var server = new ZoneControlPlaneServer(app, options);
        var logger = app.Services.GetRequiredService<ILogger<ZoneControlPlaneServer>>();
        Log.Listening(logger, options.Zone, server.Address);
        if (options.ZoneTokenKeys.Count == 0)
        {
            Log.TokensNotChecked(logger);
        }

        return server;
    }

    /// <summary>Completes when the process is told to stop, or when the token is cancelled; the control plane has stopped then.</summary>
    public Task WaitForShutdownAsync(CancellationToken cancellation) => _app.WaitForShutdownAsync(cancellation);

    /// <summary>Completes when the directory has been read and what it says is served.</summary>
    public Task WaitUntilReadyAsync(CancellationToken cancellation) => _app.Services.GetRequiredService<CatalogSource>().Ready.WaitAsync(cancellation);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }

    private static void MapEndpoints(WebApplication app)
    {
        var bootstrap = app.Services.GetRequiredService<BootstrapEndpoint>();
        var ads = app.Services.GetRequiredService<AdsService>();
        var catalog = app.Services.GetRequiredService<CatalogSource>();
        app.Use(NameUnknownPathsAsync);
        app.UseRouting();
        app.MapPost(BootstrapEndpoint.Path, (RequestDelegate)bootstrap.HandleAsync);
        app.MapGet("/ready", (RequestDelegate)(context => AnswerReadyAsync(context, catalog.Ready.IsCompleted)));
        app.MapGrpcDuplex(AdsService.SotwPath, DiscoveryRequest.Parser, (DuplexHandler<DiscoveryRequest, DiscoveryResponse>)ads.ServeSotwAsync);
        app.MapGrpcDuplex(AdsService.DeltaPath, DeltaDiscoveryRequest.Parser, (DuplexHandler<DeltaDiscoveryRequest, DeltaDiscoveryResponse>)ads.ServeDeltaAsync);
        app.MapGrpcFallback();
    }

    // A bare 404 to a bootstrap request means "not yet", so kuma-dp gives up on a wrong path only when it is told of one. Protocol §1.2.
    private static async Task NameUnknownPathsAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        if (context is { Response: { StatusCode: StatusCodes.Status404NotFound, HasStarted: false } } && context.Request.Path != BootstrapEndpoint.Path)
        {
            await context.Response.WriteAsync("404: Page Not Found", context.RequestAborted);
        }
    }

    private static Task AnswerReadyAsync(HttpContext context, bool isReady)
    {
        context.Response.StatusCode = isReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "text/plain";
        return context.Response.WriteAsync(isReady ? "READY" : "NOT_READY", context.RequestAborted);
    }

    private static Uri ReadAddress(WebApplication app, ZoneControlPlaneOptions options)
    {
        if (app.Services.GetService<SharedPort>() is { BoundAddress: { } bound })
        {
            return new Uri($"http://{bound}");
        }

        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>();
        return addresses?.Addresses.FirstOrDefault() is { } address ? new Uri(address) : new Uri($"https://{options.Listen}");
    }

    private static partial class Log
    {
        [LoggerMessage(100, LogLevel.Information, "Zone control plane of zone {Zone} listens on {Address}")]
        public static partial void Listening(ILogger logger, string zone, Uri address);

        [LoggerMessage(101, LogLevel.Warning, "Tokens are not checked: whoever reaches the port is served, certificates and private keys of the egress included. Give --zone-token-key to check them")]
        public static partial void TokensNotChecked(ILogger logger);
    }
}
