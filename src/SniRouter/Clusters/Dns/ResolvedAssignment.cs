using System.Collections.Immutable;
using System.Net;

namespace Zoneway.SniRouter.Clusters.Dns;

/// <summary>The endpoints of a cluster with its names replaced by what they resolve to.</summary>
internal static class ResolvedAssignment
{
    /// <summary>Puts addresses in the place of names. Every endpoint inherits what its configured one has, and has a host name.</summary>
    /// <param name="config">The cluster, with an inline assignment.</param>
    /// <param name="addressesOf">The last good answer for a name; empty where there was none.</param>
    public static LoadAssignment Create(ClusterConfig config, Func<string, ImmutableArray<IPAddress>> addressesOf)
    {
        // As with addresses from the control plane: of several endpoints at one address the first counts, unless each may be the only one of a subset.
        var seen = new HashSet<(EndPoint, EndpointMetadata)>();
        var assignment = config.InlineAssignment!;
        return assignment with
        {
            Localities = [.. assignment.Localities.Select(locality => locality with
            {
                Endpoints =
                [
                    .. locality.Endpoints.SelectMany(endpoint => Resolve(endpoint, config.Discovery, addressesOf)).Where(endpoint => seen.Add((endpoint.Identity, endpoint.Metadata))),
                ],
            })],
        };
    }

    /// <summary>The names that a cluster has among its endpoints, each once.</summary>
    public static IEnumerable<string> NamesOf(ClusterConfig config) =>
        (config.InlineAssignment?.Localities ?? []).SelectMany(locality => locality.Endpoints).Select(endpoint => endpoint.Address)
            .OfType<DnsEndPoint>().Select(name => name.Host).Distinct(StringComparer.OrdinalIgnoreCase);

    private static IEnumerable<EndpointConfig> Resolve(EndpointConfig endpoint, ClusterDiscovery discovery, Func<string, ImmutableArray<IPAddress>> addressesOf)
    {
        if (endpoint.Address is not DnsEndPoint name)
        {
            return [endpoint];
        }

        var addresses = addressesOf(name.Host).Select(address => new IPEndPoint(address, name.Port));
        var resolved = endpoint with { Hostname = endpoint.Hostname.Length > 0 ? endpoint.Hostname : name.Host };
        return discovery == ClusterDiscovery.LogicalDns ? One(resolved, name, [.. addresses]) : addresses.Select(address => resolved with { Address = address });
    }

    private static IEnumerable<EndpointConfig> One(EndpointConfig resolved, DnsEndPoint name, ImmutableArray<EndPoint> addresses) =>
        addresses.IsEmpty ? [] : [resolved with { Address = addresses[0], FurtherAddresses = addresses.RemoveAt(0), LogicalAddress = name }];
}
