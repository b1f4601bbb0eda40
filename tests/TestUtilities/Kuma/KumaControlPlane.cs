using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Envoy.Service.Discovery.V3;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Zoneway.TestUtilities.Ads;
using Zoneway.Xds.Ads;
using Zoneway.Xds.Grpc;
using Status = Zoneway.Xds.Grpc.Status;

namespace Zoneway.TestUtilities.Kuma;

/// <summary>
/// A control plane with kuma-cp's habits, on one TLS port for bootstrap and both xDS variants (protocol §1.1). Its clock stands until a test
/// ticks it, so nothing is generated, no back-off passes and nobody is deregistered unasked.
/// </summary>
internal sealed class KumaControlPlane : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly KumaOptions _options;
    private readonly KumaAds _ads;
    private readonly X509Certificate2 _certificate;
    private readonly ITimer _ticks;
    private volatile KumaResources? _resources;

    private KumaControlPlane(KumaOptions options, TestCertificates authority)
    {
        _options = options;
        _ads = new KumaAds(options, Registry, Traffic, Clock);
        _certificate = authority.Issue("localhost", "127.0.0.1");
        TrustedCa = authority.Authority.ExportCertificatePem();
        _application = Build();
        _ticks = Clock.CreateTimer(_ => _ads.Nodes.Generate(_ => _resources), null, options.TickInterval, options.TickInterval);
    }

    /// <summary>The clock of ticks, NACK back-off and deregistration.</summary>
    public ManualTimeProvider Clock { get; } = new();

    /// <summary>The resources that exist.</summary>
    public KumaRegistry Registry { get; } = new();

    /// <summary>What was seen and said.</summary>
    public KumaTraffic Traffic { get; } = new();

    /// <summary>PEM of the CA to trust.</summary>
    public string TrustedCa { get; }

    /// <summary>Where it listens, or did.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Nodes with a stream.</summary>
    public int Connected => _ads.Nodes.Streams.Count;

    /// <summary>Starts one that generates nothing until <see cref="Serve"/>.</summary>
    public static async Task<KumaControlPlane> StartAsync(TestCertificates authority, KumaOptions? options = null)
    {
        var controlPlane = new KumaControlPlane(options ?? new KumaOptions(), authority);
        await controlPlane._application.StartAsync();
        controlPlane.Address = new Uri(controlPlane._application.Urls.Single());
        return controlPlane;
    }

    /// <summary>Tokens that are valid for streams from now on.</summary>
    public void Accept(params IReadOnlyCollection<string> tokens) => _ads.Tokens = tokens;

    /// <summary>Ends all streams, as a load balancer in between may do. Their nodes stay taken until they are deregistered.</summary>
    public void CutStreams()
    {
        foreach (var stream in _ads.Nodes.Streams)
        {
            stream.Ended(new RpcException(new Status(StatusCode.Unavailable, "cut")));
        }
    }

    /// <summary>What every node is given from the next tick on.</summary>
    public void Serve(KumaResources resources) => _resources = resources;

    /// <summary>Lets the interval of a tick pass.</summary>
    public void Tick() => Clock.Advance(_options.TickInterval);

    public async ValueTask DisposeAsync()
    {
        await _ticks.DisposeAsync();
        await _application.DisposeAsync();
        _certificate.Dispose();
    }

    private WebApplication Build()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, _options.Port, listen => listen.UseHttps(_certificate)));
        var application = builder.Build();
        var bootstrap = new KumaBootstrap(_options, Registry, _certificate, TrustedCa);
        application.MapPost("/bootstrap", (RequestDelegate)(context => BootstrapAsync(bootstrap, context)));
        application.MapGrpcDuplex(
            AdsMethods.StateOfTheWorld.FullName,
            AdsMethods.StateOfTheWorld.RequestParser,
            _ads.Handler<DiscoveryRequest, DiscoveryResponse>(XdsVariant.StateOfTheWorld, ScriptedRequest.From, static response => response.ToStateOfTheWorld()));
        application.MapGrpcDuplex(
            AdsMethods.Delta.FullName,
            AdsMethods.Delta.RequestParser,
            _ads.Handler<DeltaDiscoveryRequest, DeltaDiscoveryResponse>(XdsVariant.Delta, ScriptedRequest.From, static response => response.ToDelta()));
        application.MapFallback(static context =>
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return context.Response.WriteAsync("404: Page Not Found", context.RequestAborted);
        });
        return application;
    }

    // §1.2; whoever does not accept exactly JSON gets the bare document.
    private async Task BootstrapAsync(KumaBootstrap bootstrap, HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        var answer = bootstrap.Answer(body, context.Request.Host.Host, Address.Port);
        Traffic.Bootstraps.Enqueue((body, answer.Status));
        context.Response.StatusCode = answer.Status;
        var isWrapped = answer.Status == StatusCodes.Status200OK && context.Request.Headers.Accept == "application/json";
        context.Response.ContentType = isWrapped ? "application/json" : answer.Status == StatusCodes.Status200OK ? "text/x-yaml" : "text/plain";
        var text = isWrapped
            ? $$"""{"bootstrap":"{{Convert.ToBase64String(Encoding.UTF8.GetBytes(answer.Text))}}","kumaSidecarConfiguration":{"networking":{"address":""} } }"""
            : answer.Text;
        await context.Response.WriteAsync(text, context.RequestAborted);
    }
}
