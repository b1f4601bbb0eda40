using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Zoneway.Xds.Resources;

namespace Zoneway.Xds.Ads;

/// <summary>Registration of the ADS client.</summary>
public static class AdsServiceCollectionExtensions
{
    /// <summary>
    /// Adds an <see cref="AdsClient"/> as hosted service, and its <see cref="AdsStatus"/>. Where resources go must be registered
    /// too, and an <see cref="IMeterFactory"/>, which every host has.
    /// </summary>
    /// <exception cref="ArgumentException">When the host starts: an option is out of range.</exception>
    public static IServiceCollection AddAdsClient(this IServiceCollection services, AdsClientOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(new AdsStatus(options.ResourceTypes));
        services.AddSingleton(provider => Create(options, provider));
        return services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<AdsClient>());
    }

    private static AdsClient Create(AdsClientOptions options, IServiceProvider provider)
    {
        var timeProvider = provider.GetRequiredService<TimeProvider>();
        var status = provider.GetRequiredService<AdsStatus>();
        return new AdsClient(
            options,
            new GrpcAdsTransport(() => options.Connection.CreateChannel(timeProvider)),
            provider.GetRequiredService<IResourceSink>(),
            status,
            new AdsMetrics(provider.GetRequiredService<IMeterFactory>(), status),
            timeProvider,
            Random.Shared,
            provider.GetRequiredService<ILogger<AdsClient>>());
    }
}
