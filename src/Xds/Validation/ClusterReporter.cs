using System.Net;
using System.Net.Sockets;
using Envoy.Config.Cluster.V3;
using Zoneway.SniRouter.Clusters;
using Zoneway.Xds.Translation;

namespace Zoneway.Xds.Validation;

/// <summary>Describes a cluster with its endpoints.</summary>
internal static class ClusterReporter
{
    /// <summary>Describes a cluster.</summary>
    /// <param name="cluster">The message.</param>
    /// <param name="assignment">What EDS says of its endpoints; null when nothing, or nothing good.</param>
    /// <param name="enforced">What its translation put in force.</param>
    /// <param name="ignored">What has no effect.</param>
    public static ClusterReport Report(
        Cluster cluster, LoadAssignment? assignment, IReadOnlyList<EnforcedField> enforced, IReadOnlyList<IgnoredField> ignored) => new()
        {
            Name = cluster.Name,
            Type = Name(cluster.Type),
            LbPolicy = Name(cluster.LbPolicy),
            SubsetSelectors = [.. (cluster.LbSubsetConfig?.SubsetSelectors ?? []).Select(selector => (IReadOnlyList<string>)[.. selector.Keys])],
            Endpoints = [.. Endpoints(cluster, assignment)],
            Enforced = [.. enforced.Select(field => field.What)],
            Ignored = [.. ignored.Select(field => new IgnoredReport(field.Field, field.Why))],
        };

    private static IEnumerable<EndpointReport> Endpoints(Cluster cluster, LoadAssignment? assignment)
    {
        if (cluster.Type != Cluster.Types.DiscoveryType.Eds && cluster.LoadAssignment is { } inline)
        {
            assignment = EndpointTranslator.Translate(inline, namesAllowed: true, new Findings(cluster.Name));
        }

        return from locality in assignment?.Localities ?? []
               from endpoint in locality.Endpoints
               select Report(endpoint, locality);
    }

    private static EndpointReport Report(EndpointConfig endpoint, LocalityEndpoints locality)
    {
        var (address, port) = endpoint.Address switch
        {
            IPEndPoint ip => (ip.Address.ToString(), ip.Port),
            DnsEndPoint name => (name.Host, name.Port),
            UnixDomainSocketEndPoint pipe => (pipe.ToString(), 0),
            var other => (other.ToString() ?? "", 0),
        };
        return new EndpointReport
        {
            Address = address,
            Port = port,
            Weight = endpoint.Weight,
            Priority = locality.Priority,
            Zone = locality.Locality.Zone,
            Metadata = MetadataText.Of(endpoint.Metadata),
        };
    }

    // RoundRobin as ROUND_ROBIN, the way the API spells it.
    private static string Name<T>(T value)
        where T : struct, Enum =>
        string.Concat(value.ToString().Select((letter, i) => i > 0 && char.IsUpper(letter) ? $"_{letter}" : char.ToUpperInvariant(letter).ToString()));
}
