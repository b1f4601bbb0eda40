using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Zoneway.TwoZones.External;

/// <summary>Three services outside of every mesh: one that speaks HTTP, one gRPC, and one that echoes bytes. None of them knows of TLS or of meshes.</summary>
internal sealed class ExternalServices : IAsyncDisposable
{
    private readonly WebApplication _web;
    private readonly TcpListener _tcp = new(IPAddress.Loopback, port: 0);
    private readonly CancellationTokenSource _stopping = new();

    private ExternalServices(WebApplication web) => _web = web;

    /// <summary>Port of the HTTP service.</summary>
    public int HttpPort => PortOf(0);

    /// <summary>Port of the gRPC service: HTTP/2 by prior knowledge.</summary>
    public int GrpcPort => PortOf(1);

    /// <summary>Port of the echo.</summary>
    public int TcpPort => ((IPEndPoint)_tcp.LocalEndpoint).Port;

    /// <summary>Starts all three on free ports of 127.0.0.1.</summary>
    public static async Task<ExternalServices> StartAsync(CancellationToken cancellation)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(static kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, static listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, static listen => listen.Protocols = HttpProtocols.Http2);
        });
        var web = builder.Build();
        web.Run(AnswerAsync);
        await web.StartAsync(cancellation);
        var services = new ExternalServices(web);
        services._tcp.Start();
        _ = services.EchoAsync();
        return services;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _tcp.Dispose();
        await _web.DisposeAsync();
        _stopping.Dispose();
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        if (!HttpProtocol.IsHttp2(context.Request.Protocol))
        {
            await context.Response.WriteAsync($"hello from {context.Request.Host}");
            return;
        }

        // A unary call in the form of gRPC: the message comes back as it is, and the status follows as a trailer.
        context.Response.ContentType = "application/grpc";
        await context.Request.Body.CopyToAsync(context.Response.Body);
        context.Response.AppendTrailer("grpc-status", "0");
    }

    private async Task EchoAsync()
    {
        try
        {
            while (true)
            {
                _ = EchoAsync(await _tcp.AcceptSocketAsync(_stopping.Token));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task EchoAsync(Socket socket)
    {
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        try
        {
            await stream.CopyToAsync(stream, _stopping.Token);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The client has gone away, or all is over.
        }
    }

    private int PortOf(int listener) => new Uri(_web.Urls.ElementAt(listener)).Port;
}
