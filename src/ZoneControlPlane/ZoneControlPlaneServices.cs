using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Zoneway.ZoneControlPlane.Ads;
using Zoneway.ZoneControlPlane.Authentication;
using Zoneway.ZoneControlPlane.Bootstrap;
using Zoneway.ZoneControlPlane.Catalog;
using Zoneway.ZoneControlPlane.Certificates;
using Zoneway.ZoneControlPlane.Resources;

namespace Zoneway.ZoneControlPlane;

/// <summary>The parts of a control plane and how they are put together.</summary>
internal static class ZoneControlPlaneServices
{
    /// <summary>Adds everything but the web server.</summary>
    public static void AddZoneControlPlane(this IServiceCollection services, ZoneControlPlaneOptions options, TimeProvider time)
    {
        services.AddRoutingCore();
        services.AddMetrics();
        services.Configure<HostOptions>(static host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));
        services.AddSingleton(options);
        services.AddSingleton(options.Ads);
        services.AddSingleton(time);
        services.AddSingleton(provider => new ResourceDirectory(options.ResourceFolder, options.DirectoryTiming, time, provider.GetRequiredService<ILogger<ResourceDirectory>>()));
        services.AddSingleton(provider => new HostResolver(options.HostLookup ?? Dns.GetHostAddressesAsync, options.HostRefreshInterval, time, provider.GetRequiredService<ILogger<HostResolver>>()));
        services.AddSingleton<ProxyRegistry>();
        services.AddSingleton(provider => new CatalogSource(
            options.Zone, provider.GetRequiredService<ResourceDirectory>(), provider.GetRequiredService<ProxyRegistry>(), provider.GetRequiredService<HostResolver>(), provider.GetRequiredService<MeshIdentityKeeper>()));
        services.AddSingleton(new CertificateAuthorityStore(options.EffectiveCaFolder, time));
        services.AddSingleton(provider => new MeshIdentityKeeper(
            provider.GetRequiredService<ResourceDirectory>(), provider.GetRequiredService<CertificateAuthorityStore>(), options.CertificateLifetime, time, provider.GetRequiredService<ILogger<MeshIdentityKeeper>>()));
        services.AddSingleton(provider => new BootstrapService(
            provider.GetRequiredService<CatalogSource>(), options.Certificate, options.CertificateChain, requiresToken: options.ZoneTokenKeys.Count > 0));
        services.AddSingleton<BootstrapEndpoint>();
        services.AddSingleton<AdsMetrics>();
        if (options.ZoneTokenKeys.Count > 0)
        {
            services.AddSingleton(new ZoneTokenVerifier([.. options.ZoneTokenKeys.Select(ZoneTokenVerifier.ReadKey)], options.Zone, time));
        }

        services.AddSingleton(provider => new AdsService(
            provider.GetRequiredService<CatalogSource>(),
            provider.GetRequiredService<ProxyRegistry>(),
            options.Ads,
            provider.GetService<ZoneTokenVerifier>(),
            provider.GetRequiredService<AdsMetrics>(),
            time,
            provider.GetRequiredService<ILogger<AdsService>>()));
        services.AddHostedService(static provider => provider.GetRequiredService<ResourceDirectory>());
        services.AddHostedService(static provider => provider.GetRequiredService<HostResolver>());
        services.AddHostedService(static provider => provider.GetRequiredService<MeshIdentityKeeper>());
    }
}
