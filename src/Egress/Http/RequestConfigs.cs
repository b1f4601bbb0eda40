using System.Collections.Concurrent;
using Yarp.ReverseProxy.Forwarder;

namespace Zoneway.Egress.Http;

/// <summary>YARP's settings of a request, of which there are few different ones.</summary>
internal static class RequestConfigs
{
    private const int Most = 1000;

    private static readonly ConcurrentDictionary<(Version, HttpVersionPolicy, TimeSpan), ForwarderRequestConfig> All = new();

    /// <summary>The settings.</summary>
    public static ForwarderRequestConfig Get(Version version, HttpVersionPolicy policy, TimeSpan idleTimeout)
    {
        if (All.TryGetValue((version, policy, idleTimeout), out var config))
        {
            return config;
        }

        config = new ForwarderRequestConfig { Version = version, VersionPolicy = policy, ActivityTimeout = idleTimeout };
        // A control plane that sends ever new timeouts must not fill memory.
        return All.Count < Most ? All.GetOrAdd((version, policy, idleTimeout), config) : config;
    }
}
