using System.Text.Json.Nodes;
using Zoneway.TestUtilities;
using Zoneway.Xds.Ads;
using Zoneway.Xds.Bootstrap;

namespace Zoneway.Xds.Tests.Bootstrap;

public sealed class AdsConnectionFactoryTests : IDisposable
{
    private readonly TestCertificates _authority = new();
    private readonly string _tokenFile = Path.GetTempFileName();

    public void Dispose()
    {
        _authority.Dispose();
        File.Delete(_tokenFile);
    }

    [Fact]
    public void Create_TlsServer_TrustsOnlyItsAuthorityAndNames()
    {
        var tls = new AdsServerTls { ServerName = "cp.example", TrustedCa = _authority.Authority.ExportCertificatePem(), ExpectedNames = ["cp.example", "10.0.0.7"] };

        var connection = AdsConnectionFactory.Create(Document(new("10.0.0.7", 5678, TimeSpan.FromSeconds(1), tls)), tokenFile: null).Connection;

        Assert.Equal((new Uri("https://10.0.0.7:5678"), "cp.example"), (connection.Address, connection.ServerName));
        Assert.Equal(_authority.Authority.Thumbprint, Assert.Single(connection.TrustedRoots!).Thumbprint);
        Assert.True(Accepts("cp.example") && Accepts("10.0.0.7") && Accepts("*.example"));
        Assert.False(Accepts("example") || Accepts("other.example") || Accepts("10.0.0.8") || Accepts("spiffe://cp.example/x"));

        bool Accepts(string name)
        {
            using var certificate = _authority.Issue(name);
            return connection.IsExpectedServer!(certificate);
        }
    }

    [Theory]
    [InlineData("cp.example", "http://cp.example:5678/")]
    [InlineData("fd00::1", "http://[fd00::1]:5678/")]
    public void Create_PlainServer_IsHttp(string host, string address)
    {
        var connection = AdsConnectionFactory.Create(Document(new(host, 5678, TimeSpan.FromSeconds(60), Tls: null)), tokenFile: null).Connection;

        Assert.Equal(new Uri(address), connection.Address);
        Assert.Equal(TimeSpan.FromSeconds(60), connection.ConnectTimeout);
        Assert.Null(connection.IsExpectedServer);
    }

    [Fact]
    public async Task Create_TokenFile_IsReadForEveryStream()
    {
        var source = AdsConnectionFactory.Create(Document(Plain), _tokenFile).TokenSource;

        await File.WriteAllTextAsync(_tokenFile, "first\n");
        Assert.Equal("first", await source(CancellationToken.None));
        await File.WriteAllTextAsync(_tokenFile, "second");
        Assert.Equal("second", await source(CancellationToken.None));
        File.Delete(_tokenFile);
        await Assert.ThrowsAsync<IOException>(async () => await source(CancellationToken.None));
    }

    [Fact]
    public async Task Create_TokenInDocument_IsUsedWithoutFile()
    {
        var document = Document(Plain, KeyValuePair.Create("authorization", "of-document"));

        Assert.Equal("of-document", await AdsConnectionFactory.Create(document, tokenFile: null).TokenSource(CancellationToken.None));
        Assert.Null(await AdsConnectionFactory.Create(Document(Plain), tokenFile: null).TokenSource(CancellationToken.None));
    }

    private static AdsServer Plain => new("127.0.0.1", 5678, TimeSpan.FromSeconds(1), Tls: null);

    private static BootstrapDocument Document(AdsServer server, params KeyValuePair<string, string>[] metadata) => new()
    {
        Node = new NodeIdentity(".zi-1", "ingress", new JsonObject()),
        Variant = XdsVariant.Delta,
        Server = server,
        InitialMetadata = [.. metadata],
    };
}
