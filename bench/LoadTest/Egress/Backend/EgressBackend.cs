using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Zoneway.LoadTest.Egress.Backend;

/// <summary>A server that costs next to nothing: answers every HTTP/1.1 request alike, or echoes bytes. Requests must have no body.</summary>
/// <param name="isHttp">HTTP, or echo.</param>
/// <param name="certificate">For TLS; null for plain connections.</param>
internal sealed class EgressBackend(bool isHttp, SslStreamCertificateContext? certificate)
{
    private const int BufferBytes = 64 * 1024;
    private const int Backlog = 4096;

    /// <summary>Listens until the process ends.</summary>
    /// <returns>The loopback port.</returns>
    public int Start()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(Backlog);
        _ = AcceptAsync(listener);
        return ((IPEndPoint)listener.LocalEndPoint!).Port;
    }

    private async Task AcceptAsync(Socket listener)
    {
        while (true)
        {
            var socket = await listener.AcceptAsync();
            _ = ServeAsync(socket);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        socket.NoDelay = true;
        try
        {
            await using var plain = new NetworkStream(socket, ownsSocket: true);
            if (certificate is null)
            {
                await ServeAsync(plain);
                return;
            }

            await using var tls = new SslStream(plain);
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = certificate });
            await ServeAsync(tls);
        }
        catch (Exception exception) when (exception is IOException or SocketException or System.Security.Authentication.AuthenticationException)
        {
            // The proxy has gone; whether it should have is the client's to judge.
        }
    }

    private Task ServeAsync(Stream stream) => isHttp ? AnswerAsync(stream) : EchoAsync(stream);

    private static async Task EchoAsync(Stream stream)
    {
        var buffer = new byte[BufferBytes];
        while (await stream.ReadAsync(buffer) is var count and > 0)
        {
            await stream.WriteAsync(buffer.AsMemory(0, count));
        }
    }

    private static async Task AnswerAsync(Stream stream)
    {
        var buffer = new byte[BufferBytes];
        var filled = 0;
        while (filled < buffer.Length && await stream.ReadAsync(buffer.AsMemory(filled)) is var count and > 0)
        {
            filled += count;
            while (buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8) is var end and >= 0)
            {
                var rest = end + 4;
                buffer.AsSpan(rest, filled - rest).CopyTo(buffer);
                filled -= rest;
                await stream.WriteAsync(BenchAnswer.Whole);
            }
        }
    }
}
