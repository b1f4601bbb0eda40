namespace Zoneway.SniRouter.Clusters.Health;

/// <summary>Asks one endpoint, over and over. Used by one task at a time.</summary>
internal abstract class HealthProbe : IDisposable
{
    /// <summary>Asks once.</summary>
    /// <returns>What came of it. May throw whatever sockets, TLS and HTTP throw when the endpoint does not answer as it should, and when it is cancelled.</returns>
    public abstract ValueTask<HealthCheckResult> CheckAsync(CancellationToken cancellationToken);

    /// <summary>Closes what is kept open for the next time.</summary>
    public virtual void Dispose()
    {
    }

    /// <summary>The probe that a configuration asks for; one that only connects where the endpoint cannot be spoken to.</summary>
    public static HealthProbe Create(HealthCheckConfig config, HealthCheckDialer dialer) => config.Probe switch
    {
        HttpHealthProbe http when dialer.CanSpeak => new HttpProbe(http, config, dialer),
        GrpcHealthProbe grpc when dialer.CanSpeak => new GrpcProbe(grpc, config, dialer),
        TcpHealthProbe tcp when dialer.CanSpeak => new TcpProbe(tcp.Send, tcp.Receive, dialer),
        _ => new TcpProbe(default, [], dialer),
    };
}
