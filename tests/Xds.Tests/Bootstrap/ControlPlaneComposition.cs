using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Zoneway.SniRouter;
using Zoneway.TestUtilities;
using Zoneway.TestUtilities.Bootstrap;
using Zoneway.Xds.Bootstrap;
using Zoneway.Xds.Resources;

namespace Zoneway.Xds.Tests.Bootstrap;

/// <summary>Control plane client, configuration store and data plane, composed as a program composes them; runs until disposed of.</summary>
internal sealed class ControlPlaneComposition : IAsyncDisposable
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(60);

    private readonly ServiceProvider _services;

    private ControlPlaneComposition(ServiceProvider services, LogRecorder log) => (_services, Log) = (services, log);

    public LogRecorder Log { get; }

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>Names of the resources in force of a type, in order.</summary>
    public IEnumerable<string> InForce(string typeUrl) => Get<IResourceSink>().Received(typeUrl).Select(resource => resource.Name).Order(StringComparer.Ordinal);

    public static async Task<ControlPlaneComposition> StartAsync(FakeBootstrapServer bootstrap)
    {
        var log = new LogRecorder();
        var services = new ServiceCollection()
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log))
            .AddSniRouter()
            .AddControlPlane(_ => new ControlPlaneOptions
            {
                Bootstrap = new BootstrapClientOptions { ControlPlane = bootstrap.Address },
                CreateRequest = () => SampleBootstraps.Request,
                OnFailure = () => { },
            })
            .BuildServiceProvider();
        foreach (var service in services.GetServices<IHostedService>())
        {
            await service.StartAsync(CancellationToken.None);
        }

        return new ControlPlaneComposition(services, log);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _services.GetServices<IHostedService>())
        {
            await service.StopAsync(CancellationToken.None).WaitAsync(TimeLimit);
        }

        await _services.DisposeAsync();
    }
}
