using Microsoft.Extensions.DependencyInjection;
using Zoneway.Hosting.Lifetime;
using Zoneway.Hosting.Settings;
using Zoneway.Xds;
using Zoneway.Xds.Bootstrap;

namespace Zoneway.Hosting.Configuration;

/// <summary>Registers where listeners, clusters and endpoints come from: a control plane, or a file in its place.</summary>
internal static class ConfigurationSource
{
    /// <summary>Adds the source that the settings name.</summary>
    public static IServiceCollection AddConfigurationSource(this IServiceCollection services, ProxySettings settings) => settings switch
    {
        { ControlPlane: { } controlPlane } => services.AddControlPlane(provider => CreateOptions(settings, controlPlane, provider.GetRequiredService<ExitStatus>())),
        { XdsFile: { } path } => services.AddXdsFile(path),
        _ => throw new ArgumentException("The settings name no source of configuration.", nameof(settings)),
    };

    private static ControlPlaneOptions CreateOptions(ProxySettings settings, ControlPlaneSettings controlPlane, ExitStatus exit) => new()
    {
        Bootstrap = new BootstrapClientOptions
        {
            ControlPlane = controlPlane.Address,
            TrustedCa = controlPlane.TrustedCa,
            SkipVerify = controlPlane.SkipVerify,
            RetryBackoff = controlPlane.RetryBackoff,
            RetryMaxDuration = controlPlane.RetryMaxDuration,
        },
        CreateRequest = () => BootstrapRequestFactory.Create(settings, controlPlane),
        TokenFile = controlPlane.TokenFile,
        OnFailure = exit.Fail,
    };
}
