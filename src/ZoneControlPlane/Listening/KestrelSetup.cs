using System.Security.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Zoneway.ZoneControlPlane.Listening;

/// <summary>Sets up the one port: with TLS, ALPN decides between HTTP/1.1 and HTTP/2; without, how the connection begins.</summary>
internal static class KestrelSetup
{
    /// <summary>Largest request body outside streams, in bytes; a bootstrap request with its resource is a few kilobytes.</summary>
    private const long MaxBodyBytes = 1024 * 1024;

    /// <summary>Most connections of one kind at the same time: twice the streams, so that a reconnect finds room.</summary>
    private const int MaxConnections = 20_000;

    // As Kuma's server: how long headers may take, and how soon a peer that is gone is noticed.
    private static readonly TimeSpan HeaderTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(15);

    public static void Apply(WebApplicationBuilder builder, ZoneControlPlaneOptions options)
    {
        if (options.Certificate is null)
        {
            builder.Services.AddSingleton<SharedPort>(services => new SharedPort(
                options.Listen, services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILoggerFactory>()));
            builder.Services.AddSingleton<IConnectionListenerFactory>(static services => services.GetRequiredService<SharedPort>());
        }

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            SetLimits(kestrel);
            if (options.Certificate is null)
            {
                ListenInTheClear(kestrel);
            }
            else
            {
                ListenWithTls(kestrel, options);
            }
        });
    }

    private static void SetLimits(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = MaxConnections;
        kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
        kestrel.Limits.RequestHeadersTimeout = HeaderTimeout;
        kestrel.Limits.Http2.KeepAlivePingDelay = PingInterval;
        kestrel.Limits.Http2.KeepAlivePingTimeout = PingInterval;
    }

    private static void ListenInTheClear(KestrelServerOptions kestrel)
    {
        foreach (var protocol in new[] { HttpProtocols.Http1, HttpProtocols.Http2 })
        {
            kestrel.Listen(new ProtocolEndPoint(protocol), listen => listen.Protocols = protocol);
        }
    }

    private static void ListenWithTls(KestrelServerOptions kestrel, ZoneControlPlaneOptions options) => kestrel.Listen(options.Listen, listen =>
    {
        listen.Protocols = HttpProtocols.Http1AndHttp2;
        listen.UseHttps(options.Certificate!, https =>
        {
            https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
            https.ServerCertificateChain = options.CertificateChain;
        });
    });
}
