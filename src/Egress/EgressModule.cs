using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Zoneway.Egress.Connections;
using Zoneway.Egress.Http;
using Zoneway.Egress.Tcp;
using Zoneway.Egress.Telemetry;
using Zoneway.Hosting;
using Zoneway.Hosting.Lifetime;
using Zoneway.SniRouter.Clusters.Health;
using Zoneway.Termination.Rbac;

namespace Zoneway.Egress;

/// <summary>What the zone egress has that the zone ingress has not: it ends TLS, and forwards what is inside.</summary>
public sealed class EgressModule : ITerminationModule
{
    /// <inheritdoc/>
    public void AddServices(IServiceCollection services)
    {
        services.AddSingleton<TerminatedChains>();
        services.AddSingleton<ConnectionTerminator>();
        services.AddSingleton<DenialLog>();
        services.AddSingleton<TlsStats>();
        services.AddSingleton<EgressMetrics>();
        services.AddSingleton<IReadinessDetail, ChainReadiness>();
        services.AddSingleton<UpstreamSecurity>();
        services.AddSingleton<IUpstreamSecurity>(provider => provider.GetRequiredService<UpstreamSecurity>());
        services.AddSingleton<TcpForwarder>();
        services.AddHttpForwarder();
        services.AddSingleton<UpstreamPools>();
        services.AddSingleton<RequestForwarder>();
        services.AddSingleton<RequestLog>();
        services.AddSingleton<RequestHandler>();
        services.AddSingleton<InnerHttpServer>();
        services.AddHostedService(provider => provider.GetRequiredService<InnerHttpServer>());
    }

    /// <inheritdoc/>
    public ConnectionDelegate CreateHandler(IServiceProvider services)
    {
        // Nobody asks for the instruments, so they are made here.
        services.GetRequiredService<EgressMetrics>();
        return services.GetRequiredService<ConnectionTerminator>().OnConnectionAsync;
    }
}
