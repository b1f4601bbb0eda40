using Microsoft.Extensions.Logging;
using Zoneway.SniRouter.Proxying;

namespace Zoneway.SniRouter.Clusters.Health;

/// <summary>What clusters need to watch over their endpoints. Without it they believe what the control plane says.</summary>
public sealed partial class HealthMonitoring
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

    /// <summary>Says that something went wrong on a thread of a timer or of the pool, where an exception would end the process.</summary>
    internal void Fault(string cluster, Exception exception) => Log.Fault(Logger, exception, cluster);

    private static partial class Log
    {
        [LoggerMessage(802, LogLevel.Error, "Cluster {Cluster}: a change of health could not be applied for a fault of the proxy.")]
        public static partial void Fault(ILogger logger, Exception exception, string cluster);
    }
}
