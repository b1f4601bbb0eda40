using Microsoft.Extensions.Logging;
using Zoneway.SniRouter.Proxying;

namespace Zoneway.SniRouter.Clusters.Health;

/// <summary>What clusters need to watch over their endpoints. Without it they believe what the control plane says.</summary>
public sealed class HealthMonitoring
{
    internal HealthMonitoring(UpstreamConnector connector, TimeProvider time, ILogger<HealthMonitoring> logger, IUpstreamSecurity? security = null)
    {
        Connector = connector;
        Time = time;
        Logger = logger;
        Security = security;
    }

    internal UpstreamConnector Connector { get; }

    internal TimeProvider Time { get; }

    internal ILogger Logger { get; }

    /// <summary>Null where the program speaks plain text only.</summary>
    internal IUpstreamSecurity? Security { get; }
}
