using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace Zoneway.Egress.Tests.EndToEnd;

/// <summary>An external service: a Kestrel that does what a test says.</summary>
internal sealed class TestUpstream : IAsyncDisposable
{
    /// <summary>Key of the server name among the items of a connection.</summary>
    public const string ServerName = "server name";

    private readonly WebApplication _app;

    private TestUpstream(WebApplication app, IPEndPoint address) => (_app, Address) = (app, address);

    public IPEndPoint Address { get; }

    /// <summary>Starts it.</summary>
    /// <param name="answer">What it does with a request.</param>
    /// <param name="protocols">The HTTP it speaks.</param>
    /// <param name="certificate">Its certificate; null for plain text.</param>
    /// <param name="asksForCertificate">Whether clients must show one.</param>
    public static async Task<TestUpstream> StartAsync(
        RequestDelegate answer, HttpProtocols protocols = HttpProtocols.Http1, X509Certificate2? certificate = null, bool asksForCertificate = false)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = protocols;
                if (certificate is not null)
                {
                    listen.UseHttps(https =>
                    {
                        https.ServerCertificateSelector = (context, name) =>
                        {
                            context!.Items[ServerName] = name;
                            return certificate;
                        };
                        https.ClientCertificateMode = asksForCertificate ? ClientCertificateMode.RequireCertificate : ClientCertificateMode.NoCertificate;
                        https.AllowAnyClientCertificate();
                    });
                }
            });
        });
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync();
        return new TestUpstream(app, new IPEndPoint(IPAddress.Loopback, new Uri(app.Urls.First()).Port));
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
