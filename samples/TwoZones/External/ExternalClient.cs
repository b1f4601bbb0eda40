using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Zoneway.TwoZones.Client;
using Zoneway.TwoZones.Tls;

namespace Zoneway.TwoZones.External;

/// <summary>A workload that calls services outside of the mesh: mTLS to the zone egress, which has to prove to be it, and plain HTTP, gRPC or bytes inside.</summary>
internal sealed class ExternalClient(IPEndPoint egress, MeshIdentity identity, string mesh)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private string? _shown;

    /// <summary>Serial number of the certificate that the egress has shown last.</summary>
    public string? EgressCertificate => Volatile.Read(ref _shown);

    /// <summary>Sends a GET request on a connection of its own.</summary>
    /// <returns>Status and text of the answer.</returns>
    /// <exception cref="ClientException">There was no answer.</exception>
    public Task<(HttpStatusCode Status, string Text)> GetAsync(string service, CancellationToken cancellation) => SendAsync(service, HttpVersion.Version11, null, cancellation);

    /// <summary>Makes a unary gRPC call on a connection of its own.</summary>
    /// <returns>The gRPC status.</returns>
    /// <exception cref="ClientException">There was no answer.</exception>
    public async Task<string> CallAsync(string service, CancellationToken cancellation)
    {
        using var message = new ByteArrayContent([0, 0, 0, 0, 2, 0x08, 0x01]) { Headers = { ContentType = new("application/grpc") } };
        return (await SendAsync(service, HttpVersion.Version20, message, cancellation)).Text;
    }

    /// <summary>Sends bytes on a connection of its own, and reads as many.</summary>
    /// <exception cref="ClientException">They did not come back.</exception>
    public async Task<string> EchoAsync(string service, string text, CancellationToken cancellation)
    {
        using var limit = new ClientTimeout(Limit, cancellation);
        try
        {
            await using var tls = await ConnectAsync(service, limit.Token);
            await tls.WriteAsync(Encoding.UTF8.GetBytes(text), limit.Token);
            var echo = new byte[Encoding.UTF8.GetByteCount(text)];
            await tls.ReadExactlyAsync(echo, limit.Token);
            return Encoding.UTF8.GetString(echo);
        }
        catch (Exception exception) when (ClientException.IsExpected(exception))
        {
            throw limit.Explain(exception, service);
        }
    }

    private async Task<(HttpStatusCode Status, string Text)> SendAsync(string service, Version version, HttpContent? content, CancellationToken cancellation)
    {
        using var limit = new ClientTimeout(Limit, cancellation);
        using var handler = new SocketsHttpHandler { UseProxy = false, ConnectCallback = async (_, token) => await ConnectAsync(service, token) };
        using var invoker = new HttpMessageInvoker(handler);
        using var request = new HttpRequestMessage(content is null ? HttpMethod.Get : HttpMethod.Post, $"http://{service}.mesh/")
        {
            Version = version,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        try
        {
            using var response = await invoker.SendAsync(request, limit.Token);
            var text = await response.Content.ReadAsStringAsync(limit.Token);
            return (response.StatusCode, content is null ? text.Trim() : StatusOf(response));
        }
        catch (Exception exception) when (exception is HttpRequestException || ClientException.IsExpected(exception))
        {
            throw limit.Explain(exception, service);
        }
    }

    // gRPC over HTTP/2, "Responses": in the trailers, or among the headers when there is nothing else.
    private static string StatusOf(HttpResponseMessage response) =>
        response.TrailingHeaders.TryGetValues("grpc-status", out var trailer) || response.Headers.TryGetValues("grpc-status", out trailer) ? trailer.First() : "none";

    private async Task<SslStream> ConnectAsync(string service, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(egress, cancellation);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        var tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
        try
        {
            await tls.AuthenticateAsClientAsync(identity.ClientOptions(new MeshService(mesh, service).ServerName, new MeshService(mesh, "zone-egress").SpiffeId), cancellation);
            Volatile.Write(ref _shown, tls.RemoteCertificate!.GetSerialNumberString());
            return tls;
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }
}
