using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Zoneway.MutualTls;
using Zoneway.Xds.Admin;
using Zoneway.Xds.Ads;
using Zoneway.Xds.Bootstrap;
using Zoneway.Xds.Files;
using Zoneway.Xds.Resources;

namespace Zoneway.Xds;

/// <summary>Registration of where configuration comes from. The data plane (<c>AddSniRouter</c>), which it drives, must be registered too.</summary>
public static class XdsServiceCollectionExtensions
{
    /// <summary>Adds a control plane: a <see cref="ControlPlaneFollower"/> as hosted service, the <see cref="AdsStatus"/> of its stream, and <see cref="FirstConfiguration"/>.</summary>
    /// <param name="services">The program's services.</param>
    /// <param name="createOptions">Makes the options when the host starts.</param>
    public static IServiceCollection AddControlPlane(this IServiceCollection services, Func<IServiceProvider, ControlPlaneOptions> createOptions)
    {
        services.AddConfigurationStore();
        services.AddSingleton(new AdsStatus(ResourceType.All));
        services.AddSingleton(provider => new AdsMetrics(provider.GetRequiredService<IMeterFactory>(), provider.GetRequiredService<AdsStatus>()));
        return services.AddSingleton<IHostedService>(provider => CreateFollower(provider, createOptions(provider)));
    }

    /// <summary>Adds a file of Envoy resources in place of a control plane, as hosted service, and <see cref="FirstConfiguration"/>.</summary>
    /// <param name="services">The program's services.</param>
    /// <param name="path">The file. It is followed as it changes; one that is missing or wrong changes nothing.</param>
    public static IServiceCollection AddXdsFile(this IServiceCollection services, string path)
    {
        services.AddConfigurationStore();
        return services.AddSingleton<IHostedService>(provider => new XdsFileSource(
            path, provider.GetRequiredService<IResourceSink>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<XdsFileSource>>()));
    }

    private static void AddConfigurationStore(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<SecretStore>();
        services.TryAddSingleton(new TerminationSupport(IsAvailable: true));
        services.AddSingleton<ConfigurationStats>();
        services.AddSingleton<ConfigurationStore>();
        services.AddSingleton<IResourceSink>(provider => provider.GetRequiredService<ConfigurationStore>());
        services.AddSingleton(provider => new ConfigDump(provider.GetRequiredService<IResourceSink>()));
        services.AddSingleton(provider => new FirstConfiguration(provider.GetRequiredService<ConfigurationStore>()));
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
