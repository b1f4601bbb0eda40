using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Zoneway.TestUtilities;
using Zoneway.TestUtilities.Ads;
using Zoneway.Xds.Ads;
using Zoneway.Xds.Protocol;

namespace Zoneway.Xds.Tests.Ads;

/// <summary>An ADS client that runs against a control plane in memory. It reconnects at once unless told otherwise.</summary>
internal sealed class AdsHarness : IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    public AdsHarness(XdsVariant variant, double jitter = 0, Func<AdsClientOptions, AdsClientOptions>? configure = null, IAdsTransport? transport = null, TimeProvider? timeProvider = null)
    {
        var options = new AdsClientOptions
        {
            Connection = new ControlPlaneConnection { Address = new Uri("http://control-plane.test:5678") },
            Node = Node,
            Variant = variant,
        };
        options = configure?.Invoke(options) ?? options;
        Status = new AdsStatus(options.ResourceTypes);
        Metrics = new AdsMetrics(MeterFactory, Status);
        Client = new AdsClient(options, transport ?? ControlPlane, Sink, Status, Metrics, timeProvider ?? Clock, new FixedRandom(jitter), Log);
    }

    public static NodeIdentity Node => new(".zi-1", "ingress", new JsonObject
    {
        ["dataplane.proxyType"] = "ingress",
        ["dataplane.admin.port"] = "9901",
        ["ipv6Enabled"] = true,
        ["features"] = new JsonArray("feature-reuse-port"),
        ["version"] = new JsonObject { ["kumaDp"] = new JsonObject { ["version"] = "2.14.3" } },
    });

    public static TheoryData<XdsVariant> Variants => [XdsVariant.StateOfTheWorld, XdsVariant.Delta];

    public IMeterFactory MeterFactory => _services.GetRequiredService<IMeterFactory>();

    public MemoryControlPlane ControlPlane { get; } = new();

    public RecordingSink Sink { get; } = new();

    public ManualTimeProvider Clock { get; } = new();

    public RecordingLogger<AdsClient> Log { get; } = new();

    public AdsStatus Status { get; }

    public AdsMetrics Metrics { get; }

    public AdsClient Client { get; }

    /// <summary>Starts the client and waits for its first stream.</summary>
    public async Task<ScriptedStream> StartAsync()
    {
        await Client.StartAsync(CancellationToken.None);
        return await ControlPlane.NextStreamAsync();
    }

    /// <summary>Starts the client and takes its two wildcard requests off the stream.</summary>
    public async Task<ScriptedStream> StartSubscribedAsync()
    {
        var stream = await StartAsync();
        await stream.NextAsync(TypeUrls.Cluster);
        await stream.NextAsync(TypeUrls.Listener);
        return stream;
    }

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await Client.StopAsync(limit.Token);
        Client.Dispose();
        await _services.DisposeAsync();
    }
}
