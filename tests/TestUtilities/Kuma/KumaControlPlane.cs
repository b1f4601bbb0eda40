using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Envoy.Service.Discovery.V3;
using Google.Protobuf;
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
    private readonly KumaNodes _nodes;
    private readonly X509Certificate2 _certificate;
    private readonly ITimer _ticks;
    private readonly string _identifier = $"kuma-cp-{Guid.NewGuid()}";
    private volatile KumaResources? _resources;
    private volatile IReadOnlyCollection<string>? _tokens;

    private KumaControlPlane(KumaOptions options, TestCertificates authority)
    {
        _options = options;
        _tokens = options.Tokens;
        _nodes = new KumaNodes(options.Profile);
        _certificate = authority.Issue("localhost", "127.0.0.1");
        TrustedCa = authority.Authority.ExportCertificatePem();
        _application = Build();
        _ticks = Clock.CreateTimer(_ => _nodes.Generate(_ => _resources), null, options.TickInterval, options.TickInterval);
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
    public int Connected => _nodes.Streams.Count;

    /// <summary>Starts one that generates nothing until <see cref="Serve"/>.</summary>
    public static async Task<KumaControlPlane> StartAsync(TestCertificates authority, KumaOptions? options = null)
    {
        var controlPlane = new KumaControlPlane(options ?? new KumaOptions(), authority);
        await controlPlane._application.StartAsync();
        controlPlane.Address = new Uri(controlPlane._application.Urls.Single());
        return controlPlane;
    }

    /// <summary>Tokens that are valid for streams from now on.</summary>
    public void Accept(params IReadOnlyCollection<string> tokens) => _tokens = tokens;

    /// <summary>Ends all streams, as a load balancer in between may do. Their nodes stay taken until they are deregistered.</summary>
    public void CutStreams()
    {
        foreach (var stream in _nodes.Streams)
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
            Handler<DiscoveryRequest, DiscoveryResponse>(XdsVariant.StateOfTheWorld, ScriptedRequest.From, static response => response.ToStateOfTheWorld()));
        application.MapGrpcDuplex(
            AdsMethods.Delta.FullName,
            AdsMethods.Delta.RequestParser,
            Handler<DeltaDiscoveryRequest, DeltaDiscoveryResponse>(XdsVariant.Delta, ScriptedRequest.From, static response => response.ToDelta()));
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

    private DuplexHandler<TRequest, TResponse> Handler<TRequest, TResponse>(XdsVariant variant, Func<TRequest, ScriptedRequest> read, Func<ScriptedResponse, TResponse> write)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> => async (requests, responses, context) =>
    {
        var authorization = context.RequestHeaders.GetValue("authorization");
        Traffic.Streams.Enqueue((variant, authorization));
        try
        {
            await ServeAsync(variant, authorization, requests, read, response => responses.WriteAsync(write(response), context.CancellationToken), context.CancellationToken);
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.Unknown)
        {
            Traffic.Refusals.Enqueue(exception.Status.Detail);
            throw;
        }
    };

    // §2, §3.5: everything is checked on the first message, and then never again.
    private async Task ServeAsync<TRequest>(
        XdsVariant variant, string? authorization, IAsyncStreamReader<TRequest> requests, Func<TRequest, ScriptedRequest> read, Func<ScriptedResponse, Task> sendAsync, CancellationToken cancellation)
    {
        if (!await requests.MoveNext(cancellation))
        {
            return;
        }

        var first = read(requests.Current);
        var id = first.Node?.Id ?? "";
        KumaAuthentication.Check(_tokens, authorization);
        var stream = new KumaStream(
            variant == XdsVariant.Delta ? new KumaDeltaSession(_options.Profile) : new KumaSotwSession(_options.Profile), () => _nodes.SnapshotOf(id), _options.NackBackoff, Clock);
        if (!_nodes.TryEnter(id, stream))
        {
            throw new RpcException(new Status(StatusCode.Unknown, "there is already an active stream from this node, try again later"));
        }

        var bringsResource = false;
        try
        {
            bringsResource = Registry.Register(first.Node!);
            _ = ReceiveAsync(first, requests, read, stream);
            await stream.RunAsync(
                response =>
                {
                    Traffic.Responses.Enqueue(response = response with { ControlPlane = _identifier });
                    return sendAsync(response);
                },
                cancellation);
        }
        finally
        {
            _nodes.Close(id);
            _ = DeregisterAsync(id, bringsResource);
        }
    }

    private async Task ReceiveAsync<TRequest>(ScriptedRequest first, IAsyncStreamReader<TRequest> requests, Func<TRequest, ScriptedRequest> read, KumaStream stream)
    {
        try
        {
            for (var request = first; ; request = read(requests.Current))
            {
                Traffic.Requests.Enqueue(request);
                stream.Received(request);
                if (!await requests.MoveNext(CancellationToken.None))
                {
                    stream.Ended(null);
                    return;
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or RpcException or ObjectDisposedException)
        {
            stream.Ended(exception);
        }
    }

    // §3.5: on Universal the resource outlives its stream by some seconds, and so does the claim to the node's one stream.
    private async Task DeregisterAsync(string id, bool bringsResource)
    {
        if (bringsResource)
        {
            await Task.Delay(_options.DeregistrationDelay, Clock);
            Registry.Remove(KumaRegistry.NameIn(id));
        }

        _nodes.Remove(id);
    }
}
