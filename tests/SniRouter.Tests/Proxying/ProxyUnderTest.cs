using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Listeners;
using Zoneway.SniRouter.Proxying;
using Zoneway.SniRouter.Routing;
using Zoneway.SniRouter.Telemetry;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.Proxying;

/// <summary>A host with the data plane in it, as a program would build it, fed through <see cref="DataPlaneUpdater"/> and reached over real sockets.</summary>
public sealed class ProxyUnderTest : IAsyncDisposable
{
    private readonly WebApplication _host;
    private readonly LogRecorder _log;

    private ProxyUnderTest(WebApplication host, LogRecorder log)
    {
        _host = host;
        _log = log;
    }

    public IServiceProvider Services => _host.Services;

    public ConnectionTracker Tracker => Services.GetRequiredService<ConnectionTracker>();

    public DataPlaneUpdater Updater => Services.GetRequiredService<DataPlaneUpdater>();

    public ListenerManager Listeners => Services.GetRequiredService<ListenerManager>();

    public IReadOnlyCollection<LogRecord> Log => _log.Records;

    public static async Task<ProxyUnderTest> StartAsync(
        PathUnderTest path, Action<SniRouterOptions>? options = null, TimeProvider? time = null, Action<ListenOptions>? behind = null,
        LogLevel logLevel = LogLevel.Debug)
    {
        var log = new LogRecorder();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.SetMinimumLevel(logLevel).AddFilter("Microsoft", LogLevel.Warning).AddProvider(log);
        builder.Services.AddSingleton(time ?? TimeProvider.System);
        builder.Services.AddSniRouter(options);
        path.Configure(builder.Services);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.ListenSniRouter(behind));

        var host = builder.Build();
        host.Run(static context => context.Response.WriteAsync("terminated"));
        await host.StartAsync().WithinLimit();
        return new ProxyUnderTest(host, log);
    }

    /// <summary>The address that a listener accepts on.</summary>
    public IPEndPoint Address(string listener = ProxyConfigs.Listener) =>
        Listeners.Listeners[listener] ?? throw new InvalidOperationException($"Listener {listener} is not bound.");

    public Task<TcpPeer> ConnectAsync(string listener = ProxyConfigs.Listener) => TcpPeer.ConnectAsync(Address(listener));

    /// <summary>Connects and sends a hello with this server name.</summary>
    public async Task<TcpPeer> ConnectAsync(byte[] hello)
    {
        var client = await ConnectAsync();
        await client.SendAsync(hello);
        return client;
    }

    /// <summary>Applies an update, of which all must be applicable.</summary>
    public async Task ApplyAsync(DataPlaneUpdate update) => Assert.Empty(await Updater.ApplyAsync(update).WithinLimit());

    public ClusterState Cluster(string name = ProxyConfigs.Cluster) => Updater.Clusters.Single(cluster => cluster.Name == name);

    public long Count(ConnectionOutcome outcome) => Services.GetRequiredService<ConnectionReporter>().Count(outcome);

    /// <summary>Waits until so many connections have ended with an outcome, none with another, and nothing is left of them in any count.</summary>
    public async Task ExpectAsync(ConnectionOutcome outcome, int connections = 1)
    {
        await Eventually.TrueAsync(
            () => Enum.GetValues<ConnectionOutcome>().Sum(Count) >= connections, $"{connections} connection(s) ended, the outcome expected being {outcome}");
        Assert.Equal([(outcome, (long)connections)], Enum.GetValues<ConnectionOutcome>().Select(each => (each, Count(each))).Where(pair => pair.Item2 > 0));
        await ExpectNothingOpenAsync();
    }

    /// <summary>Waits until no connection is open and checks that every count of open ones is back at zero.</summary>
    public async Task ExpectNothingOpenAsync()
    {
        await Tracker.WaitUntilNoneAsync(CancellationToken.None).WithinLimit();
        Assert.Equal((0, 0), (Tracker.Active, Tracker.Sniffing));
        Assert.All(Updater.Clusters, cluster => Assert.Equal(0, cluster.Stats.ActiveUpstreamConnections));
        Assert.All(Updater.Clusters, cluster => Assert.Equal((0u, 0u, 0u), (cluster.CircuitBreaker.Connections, cluster.CircuitBreaker.Pending, cluster.CircuitBreaker.Retries)));
        Assert.All(Updater.Clusters.SelectMany(cluster => cluster.Current?.Endpoints ?? []), endpoint => Assert.Equal(0, endpoint.State.ActiveConnections));
    }

    public async ValueTask DisposeAsync()
    {
        Tracker.AbortAll();
        await _host.StopAsync().WithinLimit();
        await _host.DisposeAsync();
    }
}
