using System.Net;
using Envoy.Service.Discovery.V3;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Zoneway.Xds.Grpc;
using Zoneway.ZoneControlPlane.Resources;

namespace Zoneway.ZoneControlPlane.Tests.Support;

/// <summary>A control plane of zone <c>west</c> on a free port of the loopback address, over a folder of its own.</summary>
internal sealed class RunningControlPlane : IAsyncDisposable
{
    private const string Service = "envoy.service.discovery.v3.AggregatedDiscoveryService";

    private readonly ZoneControlPlaneServer _server;
    private readonly GrpcChannel _channel;

    private RunningControlPlane(ZoneControlPlaneServer server, TemporaryFolder folder, LogRecorder log, GrpcChannelOptions channel)
    {
        _server = server;
        _channel = GrpcChannel.ForAddress(server.Address, channel);
        Folder = folder;
        Log = log;
    }

    public TemporaryFolder Folder { get; }

    public LogRecorder Log { get; }

    public Uri Address => _server.Address;

    public static async Task<RunningControlPlane> StartAsync(
        string resources,
        Func<ZoneControlPlaneOptions, ZoneControlPlaneOptions>? configure = null,
        TimeProvider? time = null,
        GrpcChannelOptions? channel = null)
    {
        var folder = new TemporaryFolder();
        folder.Write("resources.yaml", resources);
        var options = new ZoneControlPlaneOptions
        {
            Zone = "west",
            ResourceFolder = folder.Path,
            Listen = new IPEndPoint(IPAddress.Loopback, 0),
            DirectoryTiming = new ResourceDirectoryTiming(TimeSpan.FromMilliseconds(20), TimeSpan.FromMinutes(11)),
            HostRefreshInterval = TimeSpan.FromMinutes(12),
        };
        var log = new LogRecorder();
        var server = await ZoneControlPlaneServer.StartAsync(
            configure?.Invoke(options) ?? options,
            logging => logging.SetMinimumLevel(LogLevel.Debug).AddFilter("Microsoft", LogLevel.Warning).AddProvider(log),
            time,
            TestLimits.Token);
        await server.WaitUntilReadyAsync(TestLimits.Token);
        return new RunningControlPlane(server, folder, log, channel ?? new GrpcChannelOptions());
    }

    /// <summary>Opens a state-of-the-world stream.</summary>
    public AdsTestStream<DiscoveryRequest, DiscoveryResponse> OpenSotw() =>
        Open("StreamAggregatedResources", DiscoveryRequest.Parser, DiscoveryResponse.Parser);

    /// <summary>Opens an incremental stream.</summary>
    public AdsTestStream<DeltaDiscoveryRequest, DeltaDiscoveryResponse> OpenDelta() =>
        Open("DeltaAggregatedResources", DeltaDiscoveryRequest.Parser, DeltaDiscoveryResponse.Parser);

    /// <summary>Stops the control plane; the folder stays until this is disposed of.</summary>
    public ValueTask StopAsync() => _server.DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _server.DisposeAsync();
        Folder.Dispose();
        Log.Dispose();
    }

    private AdsTestStream<TRequest, TResponse> Open<TRequest, TResponse>(string method, MessageParser<TRequest> requests, MessageParser<TResponse> responses)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> =>
        new(_channel.DuplexStreaming(new Method<TRequest, TResponse>(Service, method, requests, responses)));
}
