using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Zoneway.Egress.Connections;
using Zoneway.Egress.Telemetry;
using Zoneway.Hosting;
using Zoneway.Hosting.Lifetime;
using Zoneway.Hosting.Settings;
using Zoneway.SniRouter;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Listeners;
using Zoneway.SniRouter.Routing;
using Zoneway.SniRouter.Telemetry;

namespace Zoneway.Egress.Tests.EndToEnd;

/// <summary>The egress in this process, driven by a file of Envoy resources.</summary>
internal sealed class RunningEgress : IAsyncDisposable
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(60);

    private readonly string _file = Path.Combine(Path.GetTempPath(), $"zoneway-egress-{Guid.NewGuid():N}.yaml");
    private readonly Proxy _proxy;
    private readonly Task<int> _exit;

    private RunningEgress(string resources, SniRouterOptions limits)
    {
        File.WriteAllText(_file, resources);
        var program = new ProxyProgram("zone-egress", ProxyType.Egress, [ProxyType.Egress]) { Termination = new EgressModule() };
        _proxy = new Proxy(program, new ProxySettings
        {
            ProxyType = ProxyType.Egress,
            Name = "ze-1",
            XdsFile = _file,
            Admin = new IPEndPoint(IPAddress.Loopback, 0),
            DrainTime = TimeLimit,
            DrainAcceptTime = TimeSpan.Zero,
            DrainIdleTime = TimeSpan.Zero,
            Limits = limits,
        });
        _exit = _proxy.RunAsync();
    }

    /// <summary>Where its listener accepts.</summary>
    public IPEndPoint Address => Listeners.GetValueOrDefault(EgressResources.Listener)!;

    private IReadOnlyDictionary<string, IPEndPoint?> Listeners => _proxy.Services.GetRequiredService<ListenerManager>().Listeners;

    public IServiceProvider Services => _proxy.Services;

    /// <summary>Starts it, and waits until it accepts.</summary>
    public static Task<RunningEgress> StartAsync(string resources, DataPath dataPath = DataPath.Auto) => StartAsync(resources, new SniRouterOptions { DataPath = dataPath });

    /// <summary>The same with limits of its own.</summary>
    public static async Task<RunningEgress> StartAsync(string resources, SniRouterOptions limits)
    {
        var egress = new RunningEgress(resources, limits);
        await egress.UntilAsync(() => egress.Listeners.GetValueOrDefault(EgressResources.Listener) is not null, "the listener accepts");
        return egress;
    }

    /// <summary>Gives it other resources, which take a moment to be in force.</summary>
    public void Publish(string resources)
    {
        var next = _file + ".next";
        File.WriteAllText(next, resources);
        File.Move(next, _file, overwrite: true);
    }

    /// <summary>The cluster that its resources call <c>upstream</c>.</summary>
    public ClusterState Upstream => Services.GetRequiredService<DataPlaneUpdater>().Clusters.Single(static cluster => cluster.Name == "upstream");

    /// <summary>What is counted of the HTTP of its chains.</summary>
    public ChainStats Http
    {
        get
        {
            var chain = Services.GetRequiredService<RouteTable>().Current.Listeners.Values.Single().FilterChains.Single();
            return Services.GetRequiredService<TerminatedChains>().Of(chain).Stats;
        }
    }

    /// <summary>Puts other resources in the place of those before, as a control plane would.</summary>
    public void Replace(string resources) => File.WriteAllText(_file, resources);

    /// <summary>Connections that ended in some way.</summary>
    public long Count(ConnectionOutcome outcome) => Services.GetRequiredService<ConnectionReporter>().Count(outcome);

    /// <summary>Waits until a connection has ended in some way.</summary>
    public Task EndedAsync(ConnectionOutcome outcome) => UntilAsync(() => Count(outcome) > 0, $"a connection ended with {outcome}");

    /// <summary>Waits until a condition holds, within a time limit.</summary>
    public async Task UntilAsync(Func<bool> condition, string what)
    {
        using var limit = new CancellationTokenSource(TimeLimit);
        while (!condition())
        {
            Assert.False(limit.IsCancellationRequested || _exit.IsCompleted, $"Not within {TimeLimit}: {what}");
            // Between two looks only: what ends the wait is the condition.
            await Task.Delay(10, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        var lifetime = Services.GetRequiredService<ProxyLifetime>();
        lifetime.Stop();
        lifetime.Stop();
        await _exit.WaitAsync(TimeLimit);
        await _proxy.DisposeAsync();
        File.Delete(_file);
    }
}
