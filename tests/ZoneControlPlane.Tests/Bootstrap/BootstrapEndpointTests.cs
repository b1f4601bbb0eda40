using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using YamlDotNet.RepresentationModel;
using Zoneway.ZoneControlPlane.Tests.Support;

namespace Zoneway.ZoneControlPlane.Tests.Bootstrap;

public sealed class BootstrapEndpointTests : IAsyncLifetime, IDisposable
{
    private static readonly string Resources = SampleResources.Mesh("m") + SampleResources.Egress("ze-1", "west") + SampleResources.Ingress("zi-east", "east", "203.0.113.1");

    private RunningControlPlane _controlPlane = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _controlPlane = await RunningControlPlane.StartAsync(Resources);
        _client = new HttpClient { BaseAddress = _controlPlane.Address, Timeout = TestLimits.Wait };
    }

    public async Task DisposeAsync() => await _controlPlane.DisposeAsync();

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task Post_KnownProxy_GetsADocumentThatLeadsBackHere()
    {
        var document = await AskAsync(new
        {
            mesh = "default",
            name = "ze-1",
            proxyType = "egress",
            dataplaneToken = "token",
            version = new { kumaDp = new { version = "2.14.3", buildDate = "2026-01-01" }, envoy = new { kumaDpCompatible = true } },
            dynamicMetadata = (object?)null,
            readinessPort = 9902,
            features = new[] { "feature-delta-grpc", "feature-reuse-port" },
            workdir = "/run/kuma",
            resources = new { maxHeapSizeBytes = 0 },
        });

        var node = document["node"];
        Assert.Equal((".ze-1", "egress"), (Text(node["id"]), Text(node["cluster"])));
        Assert.Equal(
            ("egress", "9901", "9902", "/run/kuma/kuma-envoy-admin.sock"),
            (Text(node["metadata"]["dataplane.proxyType"]), Text(node["metadata"]["dataplane.admin.port"]),
             Text(node["metadata"]["dataplane.readinessReporter.port"]), Text(node["metadata"]["dataplane.admin.socketPath"])));
        Assert.Equal("2026-01-01", Text(node["metadata"]["version"]["kumaDp"]["buildDate"]));
        var ads = document["dynamicResources"]["adsConfig"];
        Assert.Equal("DELTA_GRPC", Text(ads["apiType"]));
        Assert.Equal("token", Text(ads["grpcServices"][0]["initialMetadata"][0]["value"]));
        var address = document["staticResources"]["clusters"][0]["loadAssignment"]["endpoints"][0]["lbEndpoints"][0]["endpoint"]["address"]["socketAddress"];
        Assert.Equal(("127.0.0.1", $"{_controlPlane.Address.Port}"), (Text(address["address"]), Text(address["portValue"])));
    }

    [Fact]
    public async Task Post_ProxyWithItsOwnResource_IsTakenAndHandedBack()
    {
        const string Own = """{"type":"ZoneIngress","name":"own","networking":{"address":"127.0.0.1","port":20001,"admin":{"port":19901}}}""";

        var document = await AskAsync(new { proxyType = "ingress", dataplaneResource = Own });

        Assert.Equal(".own", Text(document["node"]["id"]));
        Assert.Equal(Own, Text(document["node"]["metadata"]["dataplane.resource"]));
        Assert.Equal("19901", Text(document["admin"]["address"]["socketAddress"]["portValue"]));
        Assert.Equal("GRPC", Text(document["dynamicResources"]["adsConfig"]["apiType"]));
    }

    [Fact]
    public async Task Post_WithoutTheAcceptHeader_GetsBareYaml()
    {
        using var response = await _client.PostAsJsonAsync("/bootstrap", new { name = "ze-1", proxyType = "egress" });

        Assert.Equal("text/x-yaml", response.Content.Headers.ContentType!.MediaType);
        Assert.StartsWith("node:", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"name":"none","proxyType":"egress"}""", HttpStatusCode.NotFound, "")]
    [InlineData("""{"name":"zi-east","proxyType":"ingress"}""", HttpStatusCode.NotFound, "")]
    [InlineData("""{"name":"ze-1","proxyType":"dataplane"}""", HttpStatusCode.UnprocessableEntity, "proxyType must be")]
    [InlineData("""{"proxyType":"egress"}""", HttpStatusCode.UnprocessableEntity, "name is required")]
    [InlineData("""{"proxyType":"egress","dataplaneResource":"{"}""", HttpStatusCode.UnprocessableEntity, "not readable")]
    [InlineData("""{"name":"a","proxyType":"egress","dataplaneResource":"{\"type\":\"ZoneEgress\",\"name\":\"b\",\"networking\":{\"address\":\"10.0.0.1\",\"port\":1}}"}""", HttpStatusCode.UnprocessableEntity, "the request says a")]
    [InlineData("{", HttpStatusCode.BadRequest, "")]
    [InlineData("null", HttpStatusCode.BadRequest, "")]
    [InlineData("""{"name":5}""", HttpStatusCode.BadRequest, "")]
    public async Task Post_Refused_HasTheStatusKumaGives(string body, HttpStatusCode status, string text)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _client.PostAsync("/bootstrap", content);

        Assert.Equal(status, response.StatusCode);
        var answer = await response.Content.ReadAsStringAsync();
        Assert.True(text.Length == 0 ? answer.Length == 0 : answer.Contains(text, StringComparison.Ordinal), answer);
    }

    [Fact]
    public async Task Post_WrongPath_IsNotTakenForAProxyThatIsNotThereYet()
    {
        using var response = await _client.PostAsJsonAsync("/other", new { name = "ze-1", proxyType = "egress" });

        Assert.Equal((HttpStatusCode.NotFound, "404: Page Not Found"), (response.StatusCode, await response.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task Post_TokensAreChecked_OneHasToBeThere()
    {
        using var tokens = new TestTokens();
        await using var controlPlane = await RunningControlPlane.StartAsync(Resources, options => options with { ZoneTokenKeys = [tokens.PublicPem] });
        using var without = await _client.PostAsJsonAsync(new Uri(controlPlane.Address, "/bootstrap"), new { name = "ze-1", proxyType = "egress" });
        using var with = await _client.PostAsJsonAsync(new Uri(controlPlane.Address, "/bootstrap"), new { name = "ze-1", proxyType = "egress", dataplaneTokenPath = "/token" });

        Assert.Equal((HttpStatusCode.UnprocessableEntity, HttpStatusCode.OK), (without.StatusCode, with.StatusCode));
    }

    [Fact]
    public async Task Post_EndlessBody_IsCutOff()
    {
        using var content = new ByteArrayContent(new byte[2 * 1024 * 1024]);
        using var response = await _client.PostAsync("/bootstrap", content);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    private async Task<YamlNode> AskAsync(object request)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, "/bootstrap") { Content = JsonContent.Create(request) };
        message.Headers.Accept.ParseAdd("application/json");
        using var response = await _client.SendAsync(message);
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, body);
        using var json = JsonDocument.Parse(body);
        Assert.True(json.RootElement.GetProperty("kumaSidecarConfiguration").GetProperty("networking").TryGetProperty("corefileTemplate", out _));
        var yaml = new YamlStream();
        yaml.Load(new StringReader(Encoding.UTF8.GetString(json.RootElement.GetProperty("bootstrap").GetBytesFromBase64())));
        return yaml.Documents[0].RootNode;
    }

    private static string? Text(YamlNode node) => ((YamlScalarNode)node).Value;
}
