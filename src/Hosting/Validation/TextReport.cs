using System.Globalization;
using System.Text;
using Zoneway.Xds.Validation;

namespace Zoneway.Hosting.Validation;

/// <summary>A validation report for people: listeners with their server names and where those lead, then what is enforced, ignored and rejected.</summary>
internal sealed class TextReport
{
    private readonly StringBuilder _text = new();
    private readonly Dictionary<string, ClusterReport> _clusters;
    private readonly HashSet<string> _shown = new(StringComparer.Ordinal);
    private readonly ILookup<string, RejectedReport> _rejected;

    private TextReport(ValidationReport report)
    {
        _clusters = report.Clusters.GroupBy(cluster => cluster.Name, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);
        _rejected = report.Rejected.ToLookup(rejected => rejected.Resource, StringComparer.Ordinal);
    }

    /// <summary>The report of a file as text, ending with a line break.</summary>
    public static string Of(string file, ValidationReport report)
    {
        var text = new TextReport(report);
        text.Add(0, $"{file}: {Count(report.Listeners.Count, "listener")}, {Count(report.Listeners.Sum(listener => listener.FilterChains.Count), "filter chain")}, {Count(report.Clusters.Count, "cluster")}, {report.Rejected.Count} rejected");
        foreach (var listener in report.Listeners)
        {
            text.Add(listener);
        }

        text.AddOthers(report);
        text.AddLists(report);
        text._text.AppendLine();
        return text._text.ToString();
    }

    private void Add(ListenerReport listener)
    {
        Add(0, "");
        Add(0, $"listener {listener.Name}  {Address(listener.Address, (int)listener.Port)}");
        foreach (var chain in listener.FilterChains)
        {
            Add(2, $"{Names(chain)}{(chain.Name.Length == 0 || chain.ServerNames.Contains(chain.Name) ? "" : $"  chain {chain.Name}")}");
            AddTargets(chain);
            // The names of the chain are there already.
            var policies = string.Join("; ", chain.Enforced.Where(what => !what.StartsWith("server names ", StringComparison.Ordinal)));
            AddIf(policies.Length > 0, 4, $"policies: {policies}");
            foreach (var (_, why) in chain.Ignored.Where(field => field.Why.StartsWith("not yet enforced", StringComparison.Ordinal)))
            {
                Add(4, why);
            }

            AddIf(_rejected[listener.Name].Any(rejected => rejected.Field.StartsWith(chain.Path, StringComparison.Ordinal)), 4, "rejected, see below: its connections are refused");
        }
    }

    // What no chain leads to is there for other reasons, or by mistake.
    private void AddOthers(ValidationReport report)
    {
        var others = report.Clusters.Where(cluster => !_shown.Contains(cluster.Name)).ToList();
        AddIf(others.Count > 0, 0, "");
        AddIf(others.Count > 0, 0, "clusters that no filter chain above names");
        foreach (var cluster in others)
        {
            Add(2, $"{cluster.Name}  {Kind(cluster)}");
            AddEndpoints(cluster, 4);
        }
    }

    private void AddTargets(FilterChainReport chain)
    {
        var kind = chain.TerminatesTls ? "terminates TLS, " : "";
        switch (chain.Action)
        {
            case "tcpProxy" when chain.WeightedClusters.Count > 0:
                foreach (var (cluster, weight) in chain.WeightedClusters)
                {
                    AddCluster(cluster, $"{kind}weight {weight}", chain);
                }

                break;
            case "tcpProxy":
                AddCluster(chain.Cluster ?? "", kind.TrimEnd(' ', ','), chain);
                break;
            default:
                Add(4, $"-> {kind}{chain.Action ?? "unknown"}");
                foreach (var cluster in chain.RouteClusters)
                {
                    AddCluster(cluster, "by route", chain);
                }

                break;
        }
    }

    private void AddCluster(string name, string how, FilterChainReport chain)
    {
        var match = chain.MetadataMatch.Count == 0 ? "" : $"  only {Pairs(chain.MetadataMatch)}";
        var cluster = _clusters.GetValueOrDefault(name);
        Add(4, $"-> {name}{(how.Length == 0 ? "" : $"  ({how})")}{(cluster is null ? "" : $"  {Kind(cluster)}")}{match}");
        if (cluster is null)
        {
            Add(6, "the cluster is not in this configuration");
            return;
        }

        _shown.Add(name);
        AddEndpoints(cluster, 6);
    }

    private void AddEndpoints(ClusterReport cluster, int indent)
    {
        var width = cluster.Endpoints.Select(endpoint => Address(endpoint.Address, endpoint.Port).Length).DefaultIfEmpty().Max();
        foreach (var endpoint in cluster.Endpoints)
        {
            var zone = endpoint.Zone.Length == 0 ? "" : $"  zone {endpoint.Zone}";
            var metadata = endpoint.Metadata.Count == 0 ? "" : $"  {Pairs(endpoint.Metadata)}";
            Add(indent, $"{Address(endpoint.Address, endpoint.Port).PadRight(width)}  weight {endpoint.Weight}  priority {endpoint.Priority}{zone}{metadata}");
        }

        AddIf(cluster.Endpoints.Count == 0, indent, "no endpoints in this configuration");
    }

    private void AddLists(ValidationReport report)
    {
        var chains = report.Listeners.SelectMany(listener => listener.FilterChains.Select(chain => (Name: $"{listener.Name} / {Names(chain)}", Chain: chain))).ToList();
        AddList("enforced", [
            .. report.Listeners.SelectMany(listener => listener.Enforced.Select(what => $"{listener.Name}: {what}")),
            .. chains.SelectMany(pair => pair.Chain.Enforced.Select(what => $"{pair.Name}: {what}")),
            .. report.Clusters.SelectMany(cluster => cluster.Enforced.Select(what => $"{cluster.Name}: {what}"))]);
        AddList("ignored", [
            .. report.Ignored.Select(field => Line("", field)),
            .. report.Listeners.SelectMany(listener => listener.Ignored.Select(field => Line(listener.Name, field))),
            .. chains.SelectMany(pair => pair.Chain.Ignored.Select(field => Line(pair.Name, field))),
            .. report.Clusters.SelectMany(cluster => cluster.Ignored.Select(field => Line(cluster.Name, field)))]);
        AddList("rejected", [.. report.Rejected.Select(rejected => Line(rejected.Resource, new IgnoredReport(rejected.Field, rejected.Reason)))]);
    }

    private void AddList(string title, IReadOnlyList<string> lines)
    {
        Add(0, "");
        Add(0, lines.Count == 0 ? $"{title}: nothing" : $"{title}:");
        foreach (var line in lines)
        {
            Add(2, line);
        }
    }

    private void AddIf(bool condition, int indent, string line)
    {
        if (condition)
        {
            Add(indent, line);
        }
    }

    private void Add(int indent, string line)
    {
        // Names come from the file: a line break or an escape in them must not look like output of ours.
        _text.Append(' ', indent);
        foreach (var letter in line)
        {
            _text.Append(char.IsControl(letter) ? '\uFFFD' : letter);
        }

        _text.AppendLine();
    }

    private static string Kind(ClusterReport cluster) => $"{cluster.Type} {cluster.LbPolicy}";

    private static string Count(int number, string what) => $"{number} {what}{(number == 1 ? "" : "s")}";

    private static string Line(string resource, IgnoredReport field)
    {
        var where = string.Join(": ", new[] { resource, field.Field }.Where(part => part.Length > 0));
        return where.Length == 0 ? field.Why : $"{where}: {field.Why}";
    }

    private static string Names(FilterChainReport chain) =>
        chain.ServerNames.Count > 0 ? string.Join(", ", chain.ServerNames)
        : chain.TransportProtocol.Length > 0 ? $"any {chain.TransportProtocol}"
        : "any connection";

    private static string Address(string address, int port) => port == 0
        ? address
        : address.Contains(':', StringComparison.Ordinal)
            ? string.Create(CultureInfo.InvariantCulture, $"[{address}]:{port}")
            : string.Create(CultureInfo.InvariantCulture, $"{address}:{port}");

    private static string Pairs(IReadOnlyDictionary<string, string> pairs) =>
        string.Join(',', pairs.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}"));
}
