using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using Zoneway.Ingress.Tests.EndToEnd;
using Zoneway.Ingress.Tests.Settings;

namespace Zoneway.Ingress.Tests.Admin;

/// <summary>The admin API over its own port, as kuma-dp and operators use it. Protocol §9.1.</summary>
public sealed class AdminApiTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task ConfigDump_HasTheSectionsInOrderAndEveryResource()
    {
        await using var proxy = await StartAsync();

        var configs = (await JsonAsync(proxy, "/config_dump?include_eds"))["configs"]!.AsArray();

        Assert.Equal(
            ["BootstrapConfigDump", "ClustersConfigDump", "EndpointsConfigDump", "ListenersConfigDump", "RoutesConfigDump", "SecretsConfigDump"],
            configs.Select(config => config!["@type"]!.GetValue<string>().Split('.')[^1]));
        Assert.Equal(".zi-1", configs[0]!["bootstrap"]!["node"]!["id"]!.GetValue<string>());
        var clusters = configs[1]!["dynamic_active_clusters"]!.AsArray();
        Assert.Equal(["blue", "red"], clusters.Select(cluster => cluster!["cluster"]!["name"]!.GetValue<string>()));
        Assert.Equal("5s", clusters[0]!["cluster"]!["connect_timeout"]!.GetValue<string>());
        var listener = configs[3]!["dynamic_listeners"]![0]!;
        Assert.Equal("inbound", listener["name"]!.GetValue<string>());
        Assert.Equal(2, listener["active_state"]!["listener"]!["filter_chains"]!.AsArray().Count);
    }

    [Fact]
    public async Task ConfigDump_WithoutEds_LeavesEndpointsOut()
    {
        await using var proxy = await StartAsync();

        Assert.DoesNotContain("EndpointsConfigDump", (await proxy.GetAsync("/config_dump")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConfigDump_ResourceAndMask_ShowThatPartAlone()
    {
        await using var proxy = await StartAsync();

        var configs = (await JsonAsync(proxy, "/config_dump?resource=dynamic_active_clusters&mask=cluster.name"))["configs"]!.AsArray();

        Assert.Equal(2, configs.Count);
        Assert.Equal("type.googleapis.com/envoy.admin.v3.ClustersConfigDump.DynamicCluster", configs[0]!["@type"]!.GetValue<string>());
        Assert.Equal(["@type", "name"], configs[0]!["cluster"]!.AsObject().Select(field => field.Key));
        Assert.Equal(HttpStatusCode.NotFound, (await proxy.GetAsync("/config_dump?resource=nothing")).Status);
    }

    [Fact]
    public async Task Clusters_TextAndJson_ShowEndpoints()
    {
        await using var proxy = await StartAsync();

        var text = (await proxy.GetAsync("/clusters")).Text;
        var json = await JsonAsync(proxy, "/clusters?format=json");

        Assert.Contains("red::127.0.0.1:1::cx_active::0\n", text, StringComparison.Ordinal);
        Assert.Contains("red::127.0.0.1:1::health_flags::healthy\n", text, StringComparison.Ordinal);
        var red = json["cluster_statuses"]![1]!;
        Assert.Equal("red", red["name"]!.GetValue<string>());
        Assert.Equal(1, red["host_statuses"]![0]!["address"]!["socket_address"]!["port_value"]!.GetValue<int>());
    }

    [Fact]
    public async Task Listeners_TextAndJson_ShowAddresses()
    {
        await using var proxy = await StartAsync();
        var bound = proxy.Bound("inbound")!;

        Assert.Equal($"inbound::{bound}\n", (await proxy.GetAsync("/listeners")).Text);
        var address = (await JsonAsync(proxy, "/listeners?format=json"))["listener_statuses"]![0]!["local_address"]!["socket_address"]!;
        Assert.Equal(bound.Port, address["port_value"]!.GetValue<int>());
    }

    [Fact]
    public async Task Stats_HaveEnvoysNames()
    {
        await using var proxy = await StartAsync();

        var text = (await proxy.GetAsync("/stats")).Text;
        var json = await JsonAsync(proxy, "/stats?format=json&filter=^cluster\\.red\\.");

        Assert.Contains("\ncluster.red.upstream_cx_total: 0\n", text, StringComparison.Ordinal);
        Assert.Contains("\nserver.live: 1\n", text, StringComparison.Ordinal);
        Assert.Contains("\nlistener_manager.total_listeners_active: 1\n", text, StringComparison.Ordinal);
        Assert.All(json["stats"]!.AsArray(), stat => Assert.StartsWith("cluster.red.", stat!["name"]!.GetValue<string>(), StringComparison.Ordinal));
        Assert.DoesNotContain("upstream_cx_total", (await proxy.GetAsync("/stats?usedonly=")).Text, StringComparison.Ordinal);
        Assert.Equal((await proxy.GetAsync("/stats/prometheus")).Text.Split('\n')[0], (await proxy.GetAsync("/stats?format=prometheus")).Text.Split('\n')[0]);
        Assert.Equal(HttpStatusCode.BadRequest, (await proxy.GetAsync("/stats?filter=(")).Status);
    }

    [Fact]
    public async Task Logging_LevelSet_IsReadBack()
    {
        await using var proxy = await StartAsync();

        Assert.Equal(HttpStatusCode.OK, await proxy.PostAsync("/logging?level=debug"));
        Assert.Equal(HttpStatusCode.OK, await proxy.PostAsync("/logging?paths=Zoneway.Xds:error,Zoneway.SniRouter:warn"));

        Assert.Equal("active loggers:\n  all: debug\n  Zoneway.SniRouter: warning\n  Zoneway.Xds: error\n", (await proxy.GetAsync("/logging")).Text);
        Assert.Equal(HttpStatusCode.BadRequest, await proxy.PostAsync("/logging?level=loud"));
    }

    [Fact]
    public async Task HealthCheck_FailAndOk_ChangeReadiness()
    {
        await using var proxy = await StartAsync();

        await proxy.PostAsync("/healthcheck/fail");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await proxy.GetAsync("/ready")).Status);

        await proxy.PostAsync("/healthcheck/ok");
        Assert.Equal(HttpStatusCode.OK, (await proxy.GetAsync("/ready")).Status);
    }

    [Fact]
    public async Task DrainListeners_StopsAccepting()
    {
        await using var proxy = await StartAsync();

        Assert.Equal(HttpStatusCode.OK, await proxy.PostAsync("/drain_listeners?inboundonly&graceful&skip_exit"));

        await RunningProxy.UntilAsync(() => Task.FromResult(proxy.Bound("inbound") is null), "the listener is closed");
        Assert.False(proxy.ExitCode.IsCompleted);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Socket_HasTheApiAndIsForItsOwnerOnly()
    {
        var path = Path.Combine(Path.GetTempPath(), $"zoneway-{Guid.NewGuid():N}.sock");
        await File.WriteAllTextAsync(path, "left behind");
        var settings = RunningProxy.FollowFile(_directory.Write("r.yaml", XdsFileText.Ingress(0, ("red", 1)))) with { AdminSocket = path };
        await using var proxy = new RunningProxy(settings);
        await proxy.ReadinessAsync("READY");
        using var client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });

        Assert.Contains("/config_dump", await client.GetStringAsync(new Uri("http://admin/help")), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [Fact]
    public async Task Quit_EndsWithCodeZero()
    {
        await using var proxy = await StartAsync();

        Assert.Equal(HttpStatusCode.OK, await proxy.PostAsync("/quitquitquit"));

        Assert.Equal(0, await proxy.ExitCode.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Theory]
    [InlineData("/quitquitquit")]
    [InlineData("/healthcheck/fail")]
    [InlineData("/drain_listeners")]
    public async Task Acting_ByGet_IsNotAllowed(string path)
    {
        await using var proxy = await StartAsync();

        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await proxy.GetAsync(path)).Status);
        Assert.Equal(HttpStatusCode.OK, (await proxy.GetAsync("/ready")).Status);
    }

    [Fact]
    public async Task ServerInfoAndHelp_Answer()
    {
        await using var proxy = await StartAsync();

        Assert.Equal("LIVE", (await JsonAsync(proxy, "/server_info"))["state"]!.GetValue<string>());
        Assert.Contains("/config_dump", (await proxy.GetAsync("/help")).Text, StringComparison.Ordinal);
        Assert.Empty((await JsonAsync(proxy, "/certs"))["certificates"]!.AsArray());
    }

    private static async Task<JsonNode> JsonAsync(RunningProxy proxy, string path) => JsonNode.Parse((await proxy.GetAsync(path)).Text)!;

    private async Task<RunningProxy> StartAsync()
    {
        var proxy = new RunningProxy(RunningProxy.FollowFile(_directory.Write("r.yaml", XdsFileText.Ingress(0, ("red", 1), ("blue", 2)))));
        await proxy.ReadinessAsync("READY");
        return proxy;
    }
}
