using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Clusters.Health;
using Zoneway.SniRouter.Routing;

namespace Zoneway.Hosting.Admin;

/// <summary><c>/clusters</c>: clusters with their endpoints and what is counted of each, in Envoy's text form or as envoy.admin.v3.Clusters. Protocol §9.1.</summary>
internal static class ClustersEndpoint
{
    /// <summary>Maps the path.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes.MapMethods("/clusters", AdminAnswer.Reading, AnswerAsync);

    private static Task AnswerAsync(HttpContext context)
    {
        var clusters = context.RequestServices.GetRequiredService<DataPlaneUpdater>().Clusters.Where(cluster => cluster.Config is not null)
            .OrderBy(cluster => cluster.Name, StringComparer.Ordinal);
        return context.Request.Query["format"] == "json"
            ? AdminAnswer.JsonAsync(context, new { cluster_statuses = clusters.Select(Describe) })
            : AdminAnswer.TextAsync(context, Text(clusters));
    }

    private static string Text(IEnumerable<ClusterState> clusters)
    {
        var text = new StringBuilder();
        foreach (var cluster in clusters)
        {
            var name = cluster.Name;
            var limits = cluster.Config!.CircuitBreakers;
            text.Append(CultureInfo.InvariantCulture, $"{name}::observability_name::{name}\n");
            text.Append(CultureInfo.InvariantCulture, $"{name}::default_priority::max_connections::{limits.MaxConnections}\n");
            text.Append(CultureInfo.InvariantCulture, $"{name}::default_priority::max_pending_requests::{limits.MaxPendingRequests}\n");
            text.Append(CultureInfo.InvariantCulture, $"{name}::default_priority::max_requests::{limits.MaxRequests}\n");
            text.Append(CultureInfo.InvariantCulture, $"{name}::default_priority::max_retries::{limits.MaxRetries}\n");
            text.Append(CultureInfo.InvariantCulture, $"{name}::added_via_api::true\n");
            foreach (var endpoint in Endpoints(cluster))
            {
                foreach (var (key, value) in Facts(endpoint))
                {
                    text.Append(CultureInfo.InvariantCulture, $"{name}::{endpoint}::{key}::{value}\n");
                }
            }
        }

        return text.ToString();
    }

    private static IEnumerable<(string Key, object Value)> Facts(UpstreamEndpoint endpoint)
    {
        yield return ("cx_active", endpoint.State.ActiveConnections);
        yield return ("cx_connect_fail", endpoint.State.ConnectFailures);
        yield return ("cx_total", endpoint.State.TotalConnections);
        yield return ("hostname", endpoint.Config.Hostname);
        yield return ("health_flags", HealthFlags(endpoint));
        yield return ("weight", endpoint.Config.Weight);
        yield return ("region", endpoint.Locality.Region);
        yield return ("zone", endpoint.Locality.Zone);
        yield return ("sub_zone", endpoint.Locality.SubZone);
        yield return ("canary", "false");
        yield return ("priority", endpoint.Priority);
    }

    private static string HealthFlags(UpstreamEndpoint endpoint)
    {
        var flags = $"{(FailedActiveCheck(endpoint) ? "/failed_active_hc" : "")}{(FailedOutlierCheck(endpoint) ? "/failed_outlier_check" : "")}{endpoint.Config.Health switch
        {
            EndpointHealth.Unhealthy => "/failed_eds_health",
            EndpointHealth.Degraded => "/degraded_eds_health",
            _ => "",
        }}";
        return flags.Length > 0 ? flags : "healthy";
    }

    private static bool FailedActiveCheck(UpstreamEndpoint endpoint) => endpoint.State.Flags.HasFlag(EndpointHealthFlags.FailedActiveCheck);

    private static bool FailedOutlierCheck(UpstreamEndpoint endpoint) => endpoint.State.Flags.HasFlag(EndpointHealthFlags.FailedOutlierCheck);

    private static object Describe(ClusterState cluster) => new
    {
        name = cluster.Name,
        observability_name = cluster.Name,
        added_via_api = true,
        circuit_breakers = new
        {
            thresholds = new[]
            {
                new
                {
                    max_connections = cluster.Config!.CircuitBreakers.MaxConnections,
                    max_pending_requests = cluster.Config.CircuitBreakers.MaxPendingRequests,
                    max_requests = cluster.Config.CircuitBreakers.MaxRequests,
                    max_retries = cluster.Config.CircuitBreakers.MaxRetries,
                },
            },
        },
        host_statuses = Endpoints(cluster).Select(Describe),
    };

    private static object Describe(UpstreamEndpoint endpoint) => new
    {
        address = Address(endpoint.Address),
        stats = new object[]
        {
            new { name = "cx_active", type = "GAUGE", value = Number(endpoint.State.ActiveConnections) },
            new { name = "cx_connect_fail", type = "COUNTER", value = Number(endpoint.State.ConnectFailures) },
            new { name = "cx_total", type = "COUNTER", value = Number(endpoint.State.TotalConnections) },
        },
        health_status = new
        {
            failed_active_health_check = FailedActiveCheck(endpoint),
            failed_outlier_check = FailedOutlierCheck(endpoint),
            eds_health_status = endpoint.Config.Health.ToString().ToUpperInvariant(),
        },
        weight = endpoint.Config.Weight,
        hostname = endpoint.Config.Hostname,
        priority = endpoint.Priority,
        locality = new { region = endpoint.Locality.Region, zone = endpoint.Locality.Zone, sub_zone = endpoint.Locality.SubZone },
    };

    /// <summary>envoy.config.core.v3.Address of an endpoint.</summary>
    public static object Address(EndPoint address) => address switch
    {
        IPEndPoint ip => new { socket_address = new { address = ip.Address.ToString(), port_value = ip.Port } },
        DnsEndPoint name => new { socket_address = new { address = name.Host, port_value = name.Port } },
        _ => new { pipe = new { path = address.ToString() } },
    };

    // proto3 JSON writes 64-bit numbers as text.
    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static ImmutableArray<UpstreamEndpoint> Endpoints(ClusterState cluster) => cluster.Current is { } current ? current.Endpoints : [];
}
