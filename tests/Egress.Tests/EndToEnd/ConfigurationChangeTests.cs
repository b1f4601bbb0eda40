using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Zoneway.TestUtilities;

namespace Zoneway.Egress.Tests.EndToEnd;

/// <summary>Requests while the control plane changes how a service is spoken to.</summary>
public sealed class ConfigurationChangeTests : IDisposable
{
    private const int Changes = 5;

    private readonly TestCertificates _mesh = new();

    public void Dispose() => _mesh.Dispose();

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task No_request_fails(HttpProtocols protocols)
    {
        await using var upstream = await TestUpstream.StartAsync(
            static async context =>
            {
                await context.Request.Body.CopyToAsync(Stream.Null);
                await context.Response.WriteAsync("ok");
            },
            protocols);
        await using var egress = await RunningEgress.StartAsync(Resources(upstream, protocols, 3600));
        using var http = new Sidecar(egress, _mesh.Issue("spiffe://default/web")).Http(HttpVersion.Version20);
        using var over = new CancellationTokenSource();
        var clients = Enumerable.Range(0, 8).Select(_ => RequestAsync(http, over.Token)).ToArray();

        for (var i = 1; i <= Changes; i++)
        {
            var seconds = 3600 + i;
            egress.Publish(Resources(upstream, protocols, seconds));
            await egress.UntilAsync(() => egress.Upstream.Config!.Http.IdleTimeout == TimeSpan.FromSeconds(seconds), "the change is in force");
        }

        await over.CancelAsync();
        Assert.All(await Task.WhenAll(clients), static requests => Assert.True(requests > 0));
    }

    // Ends with the first request that fails.
    private static async Task<int> RequestAsync(HttpClient http, CancellationToken over)
    {
        var requests = 0;
        for (; !over.IsCancellationRequested; requests++)
        {
            using var response = await http.PostAsync("/", new ByteArrayContent(new byte[100]), CancellationToken.None);
            Assert.Equal("ok", await response.Content.ReadAsStringAsync(CancellationToken.None));
        }

        return requests;
    }

    private string Resources(TestUpstream upstream, HttpProtocols protocols, int idleSeconds)
    {
        var codec = protocols == HttpProtocols.Http2 ? "http2ProtocolOptions: {}" : "httpProtocolOptions: {}";
        var options = $$"""
            typedExtensionProtocolOptions: {envoy.extensions.upstreams.http.v3.HttpProtocolOptions: {'@type': type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions,
              commonHttpProtocolOptions: {idleTimeout: {{idleSeconds}}s}, explicitHttpConfig: { {{codec}} } } },
            """.ReplaceLineEndings(" ");
        return new EgressResources(_mesh).Http().Upstream(upstream.Address, options).ToString();
    }
}
