using System.Text.Json;
using Zoneway.Hosting.Validation;
using Zoneway.Ingress.Tests.Settings;
using Zoneway.TestUtilities;

namespace Zoneway.Ingress.Tests.Validation;

public sealed class ValidationCommandTests : IDisposable
{
    private const string Good = """
        resources:
        - name: in
          resource:
            '@type': type.googleapis.com/envoy.config.listener.v3.Listener
            name: in
            address: {socketAddress: {address: 127.0.0.1, portValue: 10001}}
            listenerFilters: [{typedConfig: {'@type': type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector}}]
            filterChains:
            - name: one
              filterChainMatch: {serverNames: ['backend{mesh=default}'], transportProtocol: tls}
              filters: [{typedConfig: {'@type': type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy, cluster: c, idleTimeout: 60s}}]
            - filterChainMatch: {serverNames: [w]}
              filters: [{typedConfig: {'@type': type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy, weightedClusters: {clusters: [{name: c, weight: 1}, {name: gone, weight: 2}]}}}]
        - name: c
          resource:
            '@type': type.googleapis.com/envoy.config.cluster.v3.Cluster
            name: c
            type: STATIC
            loadAssignment:
              clusterName: c
              endpoints:
              - {locality: {zone: east}, lbEndpoints: [{endpoint: {address: {socketAddress: {address: 10.0.0.1, portValue: 80}}}, loadBalancingWeight: 7}]}
              - {priority: 1, lbEndpoints: [{endpoint: {address: {socketAddress: {address: 'fd00::2', portValue: 8080}}}}]}
        """;

    private const string Bad = "{name: in, address: {socketAddress: {address: 127.0.0.1, portValue: 70000}}, filterChains: [{filters: []}]}";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Text_HttpChain_ShowsTheClustersOfItsRoutes()
    {
        const string Manager = "'@type': type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager, statPrefix: h, httpFilters: [{name: r, typedConfig: {'@type': type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}]";
        const string Routes = "routeConfig: {virtualHosts: [{name: v, domains: ['*'], routes: [{match: {prefix: /a}, route: {cluster: c}}, {match: {prefix: /}, route: {weightedClusters: {clusters: [{name: c, weight: 1}, {name: gone, weight: 1}]}}}]}]}";

        var (_, output, _) = await RunAsync(asJson: false, _directory.Write("http.yaml", Good.Replace(
            "filters: [{typedConfig: {'@type': type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy, cluster: c, idleTimeout: 60s}}]",
            $"filters: [{{typedConfig: {{{Manager}, {Routes}}}}}]", StringComparison.Ordinal)));

        Assert.Contains(
            """
                -> http
                -> c  (by route)  STATIC ROUND_ROBIN
                  10.0.0.1:80     weight 7  priority 0  zone east
                  [fd00::2]:8080  weight 1  priority 1
                -> gone  (by route)
                  the cluster is not in this configuration
            """.ReplaceLineEndings(),
            output, StringComparison.Ordinal);
        Assert.DoesNotContain("no filter chain above names", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_ShowsWhereEachServerNameLeads()
    {
        var (code, output, errors) = await RunAsync(asJson: false, _directory.Write("good.yaml", Good));

        Assert.Equal((0, ""), (code, errors));
        Assert.Contains(
            """
            listener in  127.0.0.1:10001
              backend{mesh=default}  chain one
                -> c  STATIC ROUND_ROBIN
                  10.0.0.1:80     weight 7  priority 0  zone east
                  [fd00::2]:8080  weight 1  priority 1
                policies: idle timeout 1m
              w
                -> c  (weight 1)  STATIC ROUND_ROBIN
            """.ReplaceLineEndings(),
            output, StringComparison.Ordinal);
        Assert.Contains("the cluster is not in this configuration", output, StringComparison.Ordinal);
        Assert.Contains("rejected: nothing", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_ControlCharactersInNames_DoNotReachTheTerminal()
    {
        var (_, output, _) = await RunAsync(asJson: false, _directory.Write("a.yaml", """{"clusters": [{"name": "a\u001b[31m\nrejected: nothing", "type": "EDS"}]}"""));

        Assert.DoesNotContain('\u001b', output);
        Assert.DoesNotContain(output.Split('\n'), line => line.StartsWith("rejected: nothing ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Json_OneFile_IsOneObjectOfTheDocumentedShape()
    {
        var (code, output, _) = await RunAsync(asJson: true, _directory.Write("good.yaml", Good));

        Assert.Equal(0, code);
        using var json = JsonDocument.Parse(output);
        AssertShape(json.RootElement);
        var chain = json.RootElement.GetProperty("listeners")[0].GetProperty("filterChains")[0];
        Assert.Equal("backend{mesh=default}", chain.GetProperty("serverNames")[0].GetString());
        Assert.Equal(("tcpProxy", "c", false), (chain.GetProperty("action").GetString(), chain.GetProperty("cluster").GetString(), chain.GetProperty("terminatesTls").GetBoolean()));
        Assert.Equal(2, json.RootElement.GetProperty("listeners")[0].GetProperty("filterChains")[1].GetProperty("weightedClusters")[1].GetProperty("weight").GetInt32());
    }

    [Fact]
    public async Task Json_SeveralFiles_IsAnArrayThatNamesThem()
    {
        var (good, bad) = (_directory.Write("good.yaml", Good), _directory.Write("bad.yaml", Bad));

        var (code, output, _) = await RunAsync(asJson: true, good, bad);

        Assert.Equal(1, code);
        using var json = JsonDocument.Parse(output);
        Assert.Equal([good, bad], json.RootElement.EnumerateArray().Select(report => report.GetProperty("file").GetString()));
        Assert.NotEqual(0, json.RootElement[1].GetProperty("rejected").GetArrayLength());
    }

    [Fact]
    public async Task Run_UnreadableFiles_AreNamedAndTheOthersReported()
    {
        var (good, bad) = (_directory.Write("good.yaml", Good), _directory.Write("bad.yaml", "a: ["));

        var (code, output, errors) = await RunAsync(asJson: false, Path.Combine(_directory.Path, "missing"), bad, _directory.Path, good);

        Assert.Equal(2, code);
        Assert.Contains("missing", errors, StringComparison.Ordinal);
        Assert.Contains($"{bad}: line ", errors, StringComparison.Ordinal);
        Assert.Contains($"{_directory.Path}: ", errors, StringComparison.Ordinal);
        Assert.StartsWith($"{good}: 1 listener, 2 filter chains, 1 cluster, 0 rejected", output, StringComparison.Ordinal);
    }

    [FixtureFact("kuma")]
    public async Task Json_EveryFixture_HasTheDocumentedShape()
    {
        var files = Directory.GetFiles(Fixtures.Path("kuma"), "*.golden.*", SearchOption.AllDirectories)
            .Where(file => file.Contains("-xds", StringComparison.Ordinal) || file.Contains("policies", StringComparison.Ordinal) || file.Contains("e2e-zoneproxies", StringComparison.Ordinal)).ToArray();
        Assert.True(files.Length > 50);

        var (_, output, _) = await RunAsync(asJson: true, files);

        using var json = JsonDocument.Parse(output);
        Assert.Equal(files.Length, json.RootElement.GetArrayLength());
        Assert.All(json.RootElement.EnumerateArray(), AssertShape);
    }

    private static async Task<(int Code, string Output, string Errors)> RunAsync(bool asJson, params string[] files)
    {
        await using var output = new StringWriter();
        await using var errors = new StringWriter();
        var code = await ValidationCommand.RunAsync(files, asJson, terminates: true, output, errors);
        return (code, output.ToString(), errors.ToString());
    }

    private static void AssertShape(JsonElement report)
    {
        string[] names = ["listeners", "clusters", "rejected", "ignored"];
        AssertNames(report, report.TryGetProperty("file", out _) ? ["file", .. names] : names);
        foreach (var listener in report.GetProperty("listeners").EnumerateArray())
        {
            AssertNames(listener, "name", "address", "port", "filterChains", "enforced", "ignored");
            foreach (var chain in listener.GetProperty("filterChains").EnumerateArray())
            {
                AssertNames(chain, "name", "serverNames", "transportProtocol", "action", "cluster", "weightedClusters", "routeClusters", "metadataMatch", "terminatesTls", "enforced", "ignored");
                Assert.All(chain.GetProperty("weightedClusters").EnumerateArray(), cluster => AssertNames(cluster, "cluster", "weight"));
                Assert.All(chain.GetProperty("ignored").EnumerateArray(), field => AssertNames(field, "field", "why"));
                Assert.True(chain.GetProperty("action").GetString() is "tcpProxy" or "http" or "directResponse" or null);
            }
        }

        foreach (var cluster in report.GetProperty("clusters").EnumerateArray())
        {
            AssertNames(cluster, "name", "type", "lbPolicy", "subsetSelectors", "endpoints", "enforced", "ignored");
            Assert.All(cluster.GetProperty("endpoints").EnumerateArray(), endpoint => AssertNames(endpoint, "address", "port", "weight", "priority", "zone", "metadata"));
        }

        Assert.All(report.GetProperty("rejected").EnumerateArray(), rejected => AssertNames(rejected, "resource", "field", "reason"));
    }

    private static void AssertNames(JsonElement element, params string[] names) => Assert.Equal(names, element.EnumerateObject().Select(property => property.Name));
}
