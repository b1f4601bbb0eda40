using System.Globalization;
using System.Text;
using Zoneway.Xds.Validation;

namespace Zoneway.Hosting.Validation;

/// <summary>A validation report for people: listeners with their server names and where those lead, then what is enforced, ignored and rejected.</summary>
internal sealed class TextReport
{
    private readonly StringBuilder _text = new();
    private readonly Dictionary<string, ClusterReport> _clusters;

    private TextReport(ValidationReport report) =>
        _clusters = report.Clusters.GroupBy(cluster => cluster.Name, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);

    /// <summary>The report of a file as text, ending with a line break.</summary>
    public static string Of(string file, ValidationReport report)
    {
        var text = new TextReport(report);
        text.Add(0, $"{file}: {report.Listeners.Count} listeners, {report.Listeners.Sum(listener => listener.FilterChains.Count)} filter chains, {report.Clusters.Count} clusters, {report.Rejected.Count} rejected");
        foreach (var listener in report.Listeners)
        {
            text.Add(listener);
        }

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
                break;
        }
    }

    private void AddCluster(string name, string how, FilterChainReport chain)
    {
        var match = chain.MetadataMatch.Count == 0 ? "" : $"  only {Pairs(chain.MetadataMatch)}";
        Add(4, $"-> {name}{(how.Length == 0 ? "" : $"  ({how})")}{match}");
        if (!_clusters.TryGetValue(name, out var cluster))
        {
            Add(6, "the cluster is not in this configuration");
            return;
        }

        foreach (var endpoint in cluster.Endpoints)
        {
            var zone = endpoint.Zone.Length == 0 ? "" : $"  zone {endpoint.Zone}";
            var metadata = endpoint.Metadata.Count == 0 ? "" : $"  {Pairs(endpoint.Metadata)}";
            Add(6, $"{Address(endpoint.Address, endpoint.Port),-24} weight {endpoint.Weight}  priority {endpoint.Priority}{zone}{metadata}");
        }

        if (cluster.Endpoints.Count == 0)
        {
            Add(6, "no endpoints in this configuration");
        }
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
