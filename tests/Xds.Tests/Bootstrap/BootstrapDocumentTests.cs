using Zoneway.TestUtilities;
using Zoneway.TestUtilities.Bootstrap;
using Zoneway.Xds.Ads;
using Zoneway.Xds.Bootstrap;

namespace Zoneway.Xds.Tests.Bootstrap;

public sealed class BootstrapDocumentTests : IDisposable
{
    private readonly TestCertificates _authority = new();

    private string AuthorityPem => _authority.Authority.ExportCertificatePem();

    public void Dispose() => _authority.Dispose();

    [Fact]
    public void TryParse_EnvoyGrpc_FollowsClusterAndSecretByName()
    {
        var document = Parse(SampleBootstraps.EnvoyGrpc(AuthorityPem));

        Assert.Equal((".zi-1", "ingress"), (document.Node.Id, document.Node.Cluster));
        Assert.Equal("""{"dataplane.proxyType":"ingress","dataplane.admin.port":"9901","features":["feature-reuse-port"]}""", document.Node.Metadata.ToJsonString());
        Assert.Equal(XdsVariant.StateOfTheWorld, document.Variant);
        Assert.Equal(("cp.example", 5678, TimeSpan.FromSeconds(1.5)), (document.Server.Host, document.Server.Port, document.Server.ConnectTimeout));
        Assert.Equal(("cp.example", AuthorityPem), (document.Server.Tls!.ServerName, document.Server.Tls.TrustedCa));
        Assert.Equal("cp.example", Assert.Single(document.Server.Tls.ExpectedNames));
        Assert.Equal(new("authorization", "the-token"), Assert.Single(document.InitialMetadata));
        Assert.Null(document.TokenFile);
    }

    [Fact]
    public void TryParse_DeltaGrpc_IsDelta() => Assert.Equal(XdsVariant.Delta, Parse(SampleBootstraps.EnvoyGrpc(AuthorityPem, apiType: "DELTA_GRPC")).Variant);

    [Fact]
    public void TryParse_NoTransportSocket_IsPlain()
    {
        var document = Parse(SampleBootstraps.Plain);

        Assert.Null(document.Server.Tls);
        Assert.Empty(document.Node.Metadata);
    }

    [Fact]
    public void TryParse_GoogleGrpc_TakesTargetRootsAndTokenFile()
    {
        var document = Parse($$"""
            node: {id: .zi-1.ns, cluster: ingress}
            dynamicResources:
              adsConfig:
                apiType: GRPC
                grpcServices:
                - googleGrpc:
                    targetUri: cp.kuma-system:5678
                    callCredentials:
                    - fromPlugin:
                        name: envoy.grpc_credentials.file_based_metadata
                        typedConfig:
                          "@type": type.googleapis.com/envoy.config.grpc_credential.v3.FileBasedMetadataConfig
                          secretData: {filename: /var/run/secrets/token}
                    channelCredentials: {sslCredentials: {rootCerts: {inlineString: {{System.Text.Json.JsonSerializer.Serialize(AuthorityPem)}} } } }
                    channelArgs: {args: {grpc.keepalive_time_ms: {intValue: 10000} } }
            """);

        Assert.Equal(("cp.kuma-system", 5678), (document.Server.Host, document.Server.Port));
        Assert.Equal(AuthorityPem, document.Server.Tls!.TrustedCa);
        Assert.True(document.Server.Tls.ExpectedNames.IsEmpty);
        Assert.Equal("/var/run/secrets/token", document.TokenFile);
    }

    [Theory]
    [InlineData("", "not a mapping")]
    [InlineData("[1]", "not a mapping")]
    [InlineData("{", "line")]
    [InlineData("node: 7", "")]
    [InlineData("node: {id: a}", "adsConfig")]
    [InlineData("node: {id: \"\\uD800\"}", "")]
    public void TryParse_NotABootstrap_SaysWhy(string yaml, string reason) => Assert.Contains(reason, Error(yaml), StringComparison.Ordinal);

    [Theory]
    [InlineData("id: .zi-1", "id: ''", "node.id")]
    [InlineData("apiType: GRPC", "apiType: REST", "DELTA_GRPC")]
    [InlineData("clusterName: the_ads_cluster}", "clusterName: missing}", "missing")]
    [InlineData("portValue: 5678", "portValue: 0", "port")]
    [InlineData("portValue: 5678", "portValue: 70000", "port")]
    [InlineData("connectTimeout: 1.5s", "connectTimeout: 0s", "timeout")]
    [InlineData("{name: the_trust}", "{name: other}", "other")]
    [InlineData("sanType: DNS", "sanType: URI", "matchTypedSubjectAltNames")]
    [InlineData("matcher: {exact: cp.example }", "matcher: {prefix: cp}", "matchTypedSubjectAltNames")]
    [InlineData("matcher: {exact: cp.example }", "matcher: {exact: 'not a name'}", "matchTypedSubjectAltNames")]
    [InlineData("transport_sockets.tls.v3.UpstreamTlsContext", "transport_sockets.tls.v3.DownstreamTlsContext", "not TLS")]
    [InlineData("inlineBytes: ", "inlineBytes: bm90IGEgY2VydGlmaWNhdGU= } #", "trusted CA")]
    [InlineData("inlineBytes: ", "filename: /no/such/file } #", "/no/such/file")]
    public void TryParse_OneThingWrong_SaysWhich(string good, string bad, string reason) =>
        Assert.Contains(reason, Error(SampleBootstraps.EnvoyGrpc(AuthorityPem).Replace(good, bad, StringComparison.Ordinal)), StringComparison.Ordinal);

    [FixtureTheory("kuma")]
    [InlineData("v2.7.29", XdsVariant.StateOfTheWorld)]
    [InlineData("v2.14.3", XdsVariant.StateOfTheWorld)]
    [InlineData("head", XdsVariant.Delta)]
    public void TryParse_EveryFixture_IsUnderstood(string version, XdsVariant variant)
    {
        var files = Directory.GetFiles(Fixtures.Path($"kuma/{version}/bootstrap"), "*.yaml");

        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            Assert.True(BootstrapDocument.TryParse(File.ReadAllText(file), out var document, out var error), $"{file}: {error}");
            Assert.NotEmpty(document.Node.Cluster);
            Assert.NotEmpty(document.Node.Metadata);
            Assert.NotEmpty(document.Server.Host);
            Assert.NotNull(document.Server.Tls?.TrustedCa);
            Assert.True(document.TokenFile is not null == File.ReadAllText(file).Contains("googleGrpc", StringComparison.Ordinal), file);
            Assert.True(variant == document.Variant || File.ReadAllText(file).Contains("apiType: DELTA_GRPC", StringComparison.Ordinal), file);
        }
    }

    private static BootstrapDocument Parse(string yaml) => BootstrapDocument.TryParse(yaml, out var document, out var error) ? document : throw new InvalidDataException(error);

    private static string Error(string yaml)
    {
        Assert.False(BootstrapDocument.TryParse(yaml, out _, out var error));
        return error;
    }
}
