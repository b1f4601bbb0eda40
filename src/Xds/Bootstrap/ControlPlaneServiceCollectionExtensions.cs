using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Zoneway.Xds.Ads;
using Zoneway.Xds.Resources;

namespace Zoneway.Xds.Bootstrap;

/// <summary>Registration of the control plane as source of configuration.</summary>
public static class ControlPlaneServiceCollectionExtensions
{
    /// <summary>
    /// Adds a <see cref="ControlPlaneFollower"/> as hosted service, and the <see cref="AdsStatus"/> of its stream. Where resources go must be registered too, and
    /// an <see cref="IMeterFactory"/>, which every host has.
    /// </summary>
    /// <param name="services">The program's services.</param>
    /// <param name="createOptions">Makes the options when the host starts.</param>
    public static IServiceCollection AddControlPlane(this IServiceCollection services, Func<IServiceProvider, ControlPlaneOptions> createOptions)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(new AdsStatus(ResourceType.All));
        services.AddSingleton(provider => new AdsMetrics(provider.GetRequiredService<IMeterFactory>(), provider.GetRequiredService<AdsStatus>()));
        return services.AddSingleton<IHostedService>(provider => CreateFollower(provider, createOptions(provider)));
    }

    private static ControlPlaneFollower CreateFollower(IServiceProvider provider, ControlPlaneOptions options) => new(
        options,
        new BootstrapClient(options.Bootstrap, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<BootstrapClient>>()),
        adsOptions => CreateAdsClient(provider, adsOptions),
        provider.GetRequiredService<ILogger<ControlPlaneFollower>>());

    private static AdsClient CreateAdsClient(IServiceProvider provider, AdsClientOptions options)
    {
        var timeProvider = provider.GetRequiredService<TimeProvider>();
        return new AdsClient(
            options,
            new GrpcAdsTransport(() => options.Connection.CreateChannel(timeProvider)),
            provider.GetRequiredService<IResourceSink>(),
            provider.GetRequiredService<AdsStatus>(),
            provider.GetRequiredService<AdsMetrics>(),
            timeProvider,
            Random.Shared,
            provider.GetRequiredService<ILogger<AdsClient>>());
    }
}
