using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Zoneway.SniRouter;
using Zoneway.SniRouter.Telemetry;
using Zoneway.TestUtilities;

namespace Zoneway.Egress.Tests.EndToEnd;

/// <summary>How services are verified: every mode of Kuma's external services (protocol §5.6), for HTTP and for bytes, on both data paths.</summary>
public sealed class UpstreamTlsTests : IDisposable
{
    private const string Name = "httpbin.example";
    private const string NameMatch = "matchTypedSubjectAltNames: [{sanType: DNS, matcher: {exact: httpbin.example} }, {sanType: IP_ADDRESS, matcher: {exact: httpbin.example} }]";

    private readonly TestCertificates _mesh = new();
    private readonly TestCertificates _web = new("public authority");
    private readonly TestCertificates _stranger = new("public authority");
    private readonly string _file = Path.GetTempFileName();

    public UpstreamTlsTests() => File.WriteAllText(_file, "# CAs of this machine\n" + _web.Authority.ExportCertificatePem() + "\n");

    /// <summary>Mode, and whether the right service, one of another name, one of another CA and one of neither get anything.</summary>
    public static TheoryData<string, string, DataPath, bool> Modes
    {
        get
        {
            var modes = new TheoryData<string, string, DataPath, bool>();
            foreach (var path in (DataPath[])[DataPath.Auto, DataPath.Portable])
            {
                foreach (var isHttp in (bool[])[true, false])
                {
                    modes.Add("Secured", "right", path, isHttp);
                    modes.Add("SecuredByFile", "right", path, isHttp);
                    modes.Add("MissingFile", "", path, isHttp);
                    modes.Add("SkipSAN", "right name", path, isHttp);
                    modes.Add("SkipCA", "right ca", path, isHttp);
                    modes.Add("SkipAll", "right name ca neither", path, isHttp);
                }
            }

            return modes;
        }
    }

    public void Dispose()
    {
        _mesh.Dispose();
        _web.Dispose();
        _stranger.Dispose();
        File.Delete(_file);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task Only_services_that_a_mode_takes_get_anything(string mode, string taken, DataPath dataPath, bool isHttp)
    {
        var context = mode switch
        {
            "Secured" => $"validationContext: {{trustedCa: {{inlineString: {EgressResources.Pem(_web.Authority.ExportCertificatePem())} }}, {NameMatch} }}",
            "SecuredByFile" => $"validationContext: {{trustedCa: {{filename: '{_file}'}}, {NameMatch} }}",
            "MissingFile" => $"validationContext: {{trustedCa: {{filename: '{_file}.missing'}}, {NameMatch} }}",
            "SkipSAN" => $"validationContext: {{trustedCa: {{filename: '{_file}'}} }}",
            "SkipCA" => $"validationContext: {{ {NameMatch} }}",
            _ => "",
        };
        foreach (var (kind, certificate) in new[] { ("right", _web.Issue(Name)), ("name", _web.Issue("other.example")), ("ca", _stranger.Issue(Name)), ("neither", _stranger.Issue("other.example")) })
        {
            var answer = await AskAsync(certificate, context, dataPath, isHttp);
            Assert.True(taken.Split(' ').Contains(kind) == (answer.Length > 0), $"{mode}: {kind} answered '{answer}'");
        }
    }

    [Theory]
    [InlineData("tlsMaximumProtocolVersion: TLSv1_2", SslProtocols.Tls12)]
    [InlineData("tlsMinimumProtocolVersion: TLSv1_3", SslProtocols.Tls13)]
    [InlineData("", SslProtocols.Tls13)]
    public async Task The_version_is_within_its_limits(string limits, SslProtocols version)
    {
        foreach (var path in (DataPath[])[DataPath.Auto, DataPath.Portable])
        {
            Assert.Equal($"{version} sni.example", await AskAsync(_web.Issue(Name), $"tlsParams: {{ {limits} }}", path, isHttp: true));
        }
    }

    // What the service answers; nothing where it was not asked.
    private async Task<string> AskAsync(X509Certificate2 certificate, string context, DataPath dataPath, bool isHttp)
    {
        var requests = 0;
        await using var upstream = await TestUpstream.StartAsync(
            http =>
            {
                requests++;
                return http.Response.WriteAsync(
                    $"{http.Features.Get<ITlsHandshakeFeature>()!.Protocol} {http.Features.Get<IConnectionItemsFeature>()!.Items[TestUpstream.ServerName]}");
            },
            certificate: certificate);
        var resources = isHttp ? new EgressResources(_mesh).Http() : new EgressResources(_mesh).Tcp();
        await using var egress = await RunningEgress.StartAsync(resources.Upstream(upstream.Address, EgressResources.Tls(context, "sni.example")).ToString(), dataPath);
        using var client = new Sidecar(egress, _mesh.Issue("spiffe://default/web")).Http(HttpVersion.Version11);
        try
        {
            using var response = await client.GetAsync("/");
            Assert.Equal(requests == 1 ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable, response.StatusCode);
            return requests == 1 ? await response.Content.ReadAsStringAsync() : "";
        }
        catch (HttpRequestException) when (!isHttp)
        {
            await egress.EndedAsync(ConnectionOutcome.UpstreamTlsFailed);
            return "";
        }
    }
}
