using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Zoneway.TestUtilities;
using Zoneway.TestUtilities.Kuma;

namespace Zoneway.Ingress.Tests.EndToEnd;

/// <summary>The bootstrap rules that the test control plane keeps, protocol §1.2: a proxy that passes against it must not have it easier than with kuma-cp.</summary>
public sealed class KumaBootstrapTests : IDisposable
{
    private readonly TestCertificates _authority = new();

    public void Dispose() => _authority.Dispose();

    [Theory]
    [InlineData("""{"name":"zi-1","proxyType":"ingress","dataplaneToken":"t"}""", 200)]
    [InlineData("""{"name":"zi-1","proxyType":"ingress","dataplaneTokenPath":"/token"}""", 200)]
    [InlineData("""{"name":"zi-2","proxyType":"ingress","dataplaneToken":"t"}""", 404)]
    [InlineData("""{"name":"zi-2","proxyType":"ingress","dataplaneToken":"t","dataplaneResource":"{\"type\":\"ZoneIngress\",\"name\":\"zi-2\",\"networking\":{}}"}""", 200)]
    [InlineData("""{"name":"zi-2","proxyType":"ingress","dataplaneToken":"t","dataplaneResource":"{\"type\":\"ZoneIngress\",\"name\":\"zi-2\"}"}""", 422)]
    [InlineData("""{"name":"zi-1","proxyType":"ingress"}""", 422)]
    [InlineData("""{"name":"zi-1","proxyType":"ingress","dataplaneToken":"t","caCert":"no certificate"}""", 400)]
    [InlineData("no json", 400)]
    public async Task Bootstrap_ByRequest_HasTheStatusOfKuma(string body, int status)
    {
        await using var controlPlane = await KumaControlPlane.StartAsync(_authority, new KumaOptions { Tokens = ["t"] });
        controlPlane.Registry.Add("zi-1");

        Assert.Equal(status, (int)(await PostAsync(controlPlane, "/bootstrap", body)).Status);
    }

    [Fact]
    public async Task Bootstrap_WrongPathOrHost_IsRefused()
    {
        await using var controlPlane = await KumaControlPlane.StartAsync(_authority);
        controlPlane.Registry.Add("zi-1");

        Assert.Equal((HttpStatusCode.NotFound, "404: Page Not Found"), await PostAsync(controlPlane, "/other", "{}"));
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(controlPlane, "/bootstrap", """{"name":"zi-1","proxyType":"ingress"}""", host: "another.name")).Status);
    }

    [Theory]
    [InlineData("2.7", "[\"feature-delta-grpc\"]", "GRPC")]
    [InlineData("2.14", "[]", "GRPC")]
    [InlineData("2.14", "[\"feature-delta-grpc\"]", "DELTA_GRPC")]
    public async Task Bootstrap_ByVersionAndFeatures_NamesTheVariant(string version, string features, string apiType)
    {
        await using var controlPlane = await KumaControlPlane.StartAsync(_authority, new KumaOptions { Profile = version == "2.7" ? KumaProfile.V27 : KumaProfile.V214 });
        controlPlane.Registry.Add("zi-1");

        var (_, text) = await PostAsync(controlPlane, "/bootstrap", $$"""{"name":"zi-1","proxyType":"ingress","features":{{features}}}""");

        Assert.Equal(apiType, Document(text).GetProperty("dynamicResources").GetProperty("adsConfig").GetProperty("apiType").GetString());
    }

    [Fact]
    public async Task Bootstrap_Head_ServesDataplanesOnly()
    {
        await using var controlPlane = await KumaControlPlane.StartAsync(_authority, new KumaOptions { Profile = KumaProfile.Head });
        controlPlane.Registry.Add("zp-1");

        Assert.Contains("unsupported proxy type", (await PostAsync(controlPlane, "/bootstrap", """{"name":"zp-1","proxyType":"ingress"}""")).Text, StringComparison.Ordinal);
        var document = Document((await PostAsync(controlPlane, "/bootstrap", """{"name":"zp-1","mesh":"prod"}""")).Text);
        Assert.Equal("prod.zp-1", document.GetProperty("node").GetProperty("id").GetString());
        Assert.Equal("system_ads", document.GetProperty("staticResources").GetProperty("clusters")[0].GetProperty("name").GetString());
    }

    private static JsonElement Document(string answer)
    {
        using var outer = JsonDocument.Parse(answer);
        using var inner = JsonDocument.Parse(outer.RootElement.GetProperty("bootstrap").GetBytesFromBase64());
        return inner.RootElement.Clone();
    }

    private async Task<(HttpStatusCode Status, string Text)> PostAsync(KumaControlPlane controlPlane, string path, string body, string? host = null)
    {
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, CustomTrustStore = { _authority.Authority } };

        // The Host header is what the client compares, and here it may be wrong on purpose.
        handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, errors) => (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None;
        using var http = new HttpClient(handler) { Timeout = Eventually.Limit };
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(controlPlane.Address, path)) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Accept.ParseAdd("application/json");
        request.Headers.Host = host;
        using var response = await http.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
