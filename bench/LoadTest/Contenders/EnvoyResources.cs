using System.Text.Json.Nodes;
using Zoneway.LoadTest.Load;

namespace Zoneway.LoadTest.Contenders;

/// <summary>The routes as Envoy resources in JSON: one listener with a filter chain per server name, and clusters.</summary>
internal static class EnvoyResources
{
    public const string ListenerName = "inbound";

    private const string Types = "type.googleapis.com/";
    private const string ListenerType = Types + "envoy.config.listener.v3.Listener";
    private const string ClusterType = Types + "envoy.config.cluster.v3.Cluster";
    private const string TcpProxyType = Types + "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy";
    private const string InspectorType = Types + "envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector";

    /// <summary>The listener.</summary>
    /// <param name="port">Loopback port.</param>
    /// <param name="routes">Number of server names.</param>
    /// <param name="cluster">Name of the cluster of a route.</param>
    public static JsonObject Listener(int port, int routes, Func<int, string> cluster) => Listener(port, Enumerable.Range(0, routes), cluster);

    /// <inheritdoc cref="Listener(int, int, Func{int, string})"/>
    public static JsonObject Listener(int port, IEnumerable<int> routes, Func<int, string> cluster) => new()
    {
        ["@type"] = ListenerType,
        ["name"] = ListenerName,
        ["address"] = Address(port),
        ["listenerFilters"] = new JsonArray(new JsonObject { ["name"] = "envoy.filters.listener.tls_inspector", ["typedConfig"] = new JsonObject { ["@type"] = InspectorType } }),
        ["filterChains"] = new JsonArray([.. routes.Select(route => FilterChain(route, cluster(route)))]),
    };

    /// <summary>A cluster whose one endpoint stands in it.</summary>
    public static JsonObject StaticCluster(string name, int port) => new()
    {
        ["@type"] = ClusterType,
        ["name"] = name,
        ["type"] = "STATIC",
        ["connectTimeout"] = "5s",
        ["circuitBreakers"] = Unlimited(),
        ["loadAssignment"] = new JsonObject { ["clusterName"] = name, ["endpoints"] = Endpoints(port) },
    };

    /// <summary>A cluster whose endpoints the control plane sends.</summary>
    public static JsonObject DynamicCluster(string name) => new()
    {
        ["@type"] = ClusterType,
        ["name"] = name,
        ["type"] = "EDS",
        ["connectTimeout"] = "5s",
        ["circuitBreakers"] = Unlimited(),
        ["edsClusterConfig"] = new JsonObject { ["edsConfig"] = new JsonObject { ["ads"] = new JsonObject(), ["resourceApiVersion"] = "V3" } },
    };

    // Without it Envoy takes 1,024 connections per cluster.
    private static JsonObject Unlimited() => new()
    {
        ["thresholds"] = new JsonArray(new JsonObject { ["maxConnections"] = uint.MaxValue, ["maxPendingRequests"] = uint.MaxValue }),
    };

    private static JsonObject FilterChain(int route, string cluster) => new()
    {
        ["filterChainMatch"] = new JsonObject { ["serverNames"] = new JsonArray(RouteSet.ServerName(route)), ["transportProtocol"] = "tls" },
        ["filters"] = new JsonArray(new JsonObject
        {
            ["name"] = "envoy.filters.network.tcp_proxy",
            ["typedConfig"] = new JsonObject { ["@type"] = TcpProxyType, ["statPrefix"] = cluster, ["cluster"] = cluster, ["idleTimeout"] = "3600s" },
        }),
    };

    private static JsonArray Endpoints(int port) => new(new JsonObject
    {
        ["lbEndpoints"] = new JsonArray(new JsonObject { ["endpoint"] = new JsonObject { ["address"] = Address(port) } }),
    });

    private static JsonObject Address(int port) => new() { ["socketAddress"] = new JsonObject { ["address"] = "127.0.0.1", ["portValue"] = port } };
}
