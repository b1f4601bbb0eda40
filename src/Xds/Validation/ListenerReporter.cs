using Envoy.Config.Listener.V3;
using Envoy.Config.Route.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Envoy.Extensions.Filters.Network.TcpProxy.V3;
using Google.Protobuf.WellKnownTypes;
using Zoneway.Xds.Translation;

namespace Zoneway.Xds.Validation;

/// <summary>Describes a listener: its shape as the control plane sent it, with what the translation found.</summary>
internal static class ListenerReporter
{
    /// <summary>Describes a listener.</summary>
    /// <param name="listener">The message.</param>
    /// <param name="enforced">What its translation put in force.</param>
    /// <param name="ignored">What has no effect.</param>
    public static ListenerReport Report(Listener listener, IReadOnlyList<EnforcedField> enforced, IReadOnlyList<IgnoredField> ignored)
    {
        var chains = new List<FilterChainReport>();
        var prefixes = new List<string>();
        for (var i = 0; i < listener.FilterChains.Count; i++)
        {
            Add(listener.FilterChains[i], [$"filter_chains[{i}]", $"filterChains[{i}]"]);
        }

        if (listener.DefaultFilterChain is { } fallback)
        {
            Add(fallback, ["default_filter_chain", "defaultFilterChain"]);
        }

        return new ListenerReport
        {
            Name = listener.Name,
            Address = listener.Address?.SocketAddress?.Address ?? listener.Address?.Pipe?.Path ?? "",
            Port = listener.Address?.SocketAddress?.PortValue ?? 0,
            FilterChains = chains,
            Enforced = [.. enforced.Where(field => !IsInside(field.Field, prefixes)).Select(field => field.What)],
            Ignored = [.. ignored.Where(field => !IsInside(field.Field, prefixes)).Select(field => new IgnoredReport(field.Field, field.Why))],
        };

        // Translation names fields as the messages do, the reader of JSON as the text does.
        void Add(FilterChain chain, string[] own)
        {
            prefixes.AddRange(own);
            chains.Add(Report(
                own[0],
                chain,
                [.. enforced.Where(field => IsInside(field.Field, own)).Select(field => field.What)],
                [.. ignored.Where(field => IsInside(field.Field, own)).Select(field => new IgnoredReport(Inside(field.Field, own), field.Why))]));
        }
    }

    private static FilterChainReport Report(string path, FilterChain chain, IReadOnlyList<string> enforced, IReadOnlyList<IgnoredReport> ignored)
    {
        var last = chain.Filters.Count > 0 ? chain.Filters[^1].TypedConfig : null;
        var type = ResourceReader.TypeName(last);
        var proxy = type == FilterTypes.TcpProxy ? ResourceReader.TryParse(last!, TcpProxy.Parser, out _) : null;
        return new FilterChainReport
        {
            Path = path,
            Name = chain.Name,
            ServerNames = [.. chain.FilterChainMatch?.ServerNames ?? []],
            TransportProtocol = chain.FilterChainMatch?.TransportProtocol ?? "",
            Action = type == FilterTypes.TcpProxy ? "tcpProxy" : type == FilterTypes.DirectResponse ? "directResponse" : TerminationNeed.IsHttp(chain) ? "http" : null,
            Cluster = proxy?.Cluster is { Length: > 0 } cluster ? cluster : null,
            WeightedClusters = [.. (proxy?.WeightedClusters?.Clusters ?? []).Select(weighted => new WeightedClusterReport(weighted.Name, weighted.Weight))],
            RouteClusters = [.. RouteClustersOf(last).Where(name => name.Length > 0).Distinct(StringComparer.Ordinal)],
            MetadataMatch = MetadataText.Of(MetadataTranslator.Translate(proxy?.MetadataMatch)),
            TerminatesTls = TransportSockets.IsTls(chain.TransportSocket),
            Enforced = enforced,
            Ignored = ignored,
        };
    }

    private static IEnumerable<string> RouteClustersOf(Any? last)
    {
        var manager = last is not null && last.Is(HttpConnectionManager.Descriptor) ? ResourceReader.TryParse(last, HttpConnectionManager.Parser, out _) : null;
        var actions = (manager?.RouteConfig?.VirtualHosts ?? []).SelectMany(host => host.Routes).Select(route => route.Route_).OfType<RouteAction>();
        return actions.SelectMany(action => (action.WeightedClusters?.Clusters ?? []).Select(weighted => weighted.Name).Prepend(action.Cluster));
    }

    private static bool IsInside(string field, IEnumerable<string> prefixes) => prefixes.Any(prefix => field.StartsWith(prefix, StringComparison.Ordinal));

    private static string Inside(string field, IEnumerable<string> prefixes) => field[prefixes.First(prefix => field.StartsWith(prefix, StringComparison.Ordinal)).Length..].TrimStart('.');
}
