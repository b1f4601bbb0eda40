using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Clusters.Dns;
using Zoneway.SniRouter.Routing;
using Zoneway.SniRouter.Tests.Routing;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.Clusters.Dns;

/// <summary>A <see cref="ClusterResolver"/> behind an updater, as in a program, with a clock and a resolver in the hands of the test.</summary>
internal sealed class ResolverUnderTest : IDisposable
{
    private readonly LogRecorder _log = new();
    private readonly ILoggerFactory _loggers;

    public ResolverUnderTest()
    {
        _loggers = LoggerFactory.Create(logging => logging.AddProvider(_log));
        Resolver = new ClusterResolver(new DnsResolvers(Dns, DnsWithTimeToLive), Clock, _loggers.CreateLogger<ClusterResolver>());
        Updater = new DataPlaneUpdater(Routes, new RecordingBinder(), Clock, NullLogger<DataPlaneUpdater>.Instance, resolver: Resolver);
    }

    public ManualTimeProvider Clock { get; } = new();

    public ScriptedDnsResolver Dns { get; } = new();

    public ScriptedDnsResolver DnsWithTimeToLive { get; } = new();

    public RouteTable Routes { get; } = new();

    public ClusterResolver Resolver { get; }

    public DataPlaneUpdater Updater { get; }

    public IReadOnlyCollection<LogRecord> Log => _log.Records;

    public ClusterState Cluster => Updater.Clusters.Single(cluster => cluster.Name == DnsClusters.Name);

    public async Task ApplyAsync(params ClusterConfig[] clusters) => await Updater.ApplyAsync(new DataPlaneUpdate { Clusters = [.. clusters] });

    /// <summary>Applies a cluster and waits for its first endpoints.</summary>
    public async Task<ClusterState> WarmAsync(ClusterConfig config)
    {
        await ApplyAsync(config);
        await Eventually.TrueAsync(() => Cluster.IsWarm);
        return Cluster;
    }

    /// <summary>Waits until the next lookup is due after so long, and lets that time pass.</summary>
    public async Task NextLookupAsync(TimeSpan delay)
    {
        await Clock.ArmedAsync(due => due == delay);
        Clock.Advance(delay);
    }

    public void Dispose()
    {
        Resolver.Dispose();
        Updater.Dispose();
        _loggers.Dispose();
        _log.Dispose();
    }
}
