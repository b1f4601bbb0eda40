using System.Net;
using System.Net.Security;

namespace Zoneway.SniRouter.Clusters.Health;

/// <summary>The HTTP connection that one endpoint is checked on; kept for the next check where the configuration wants it.</summary>
internal sealed class HttpProbeClient(bool keepsConnection, HealthCheckDialer dialer) : IDisposable
{
    private const int MaxHeaderKibibytes = 64;

    // Where it goes is the dialer's business.
    private const string Origin = "http://endpoint";

    private HttpMessageInvoker? _invoker;
    private EndPoint? _address;

    /// <summary>A request of the endpoint.</summary>
    /// <param name="method">Its method.</param>
    /// <param name="path">Path and query; begins with a slash.</param>
    /// <param name="authority">The Host header, or :authority.</param>
    /// <param name="version">Exactly this HTTP.</param>
    public static HttpRequestMessage CreateRequest(HttpMethod method, string path, string authority, Version version)
    {
        var request = new HttpRequestMessage(method, new Uri(Origin + path)) { Version = version, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Headers.TryAddWithoutValidation("host", authority);
        request.Headers.TryAddWithoutValidation("user-agent", "Zoneway/HC");
        return request;
    }

    /// <summary>Sends a request, and reads its answer while the connection is still kept.</summary>
    public async ValueTask<T> SendAsync<T>(HttpRequestMessage request, Func<HttpResponseMessage, CancellationToken, ValueTask<T>> read, CancellationToken cancellationToken)
    {
        if (!dialer.Address.Equals(_address))
        {
            // A name has moved: a connection that is kept leads to where it was.
            Dispose();
            _address = dialer.Address;
        }

        _invoker ??= new HttpMessageInvoker(CreateHandler());
        try
        {
            using var response = await _invoker.SendAsync(request, cancellationToken);
            var result = await read(response, cancellationToken);
            if (!keepsConnection)
            {
                Dispose();
            }

            return result;
        }
        catch
        {
            // The next check begins on a new connection.
            Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _invoker?.Dispose();
        _invoker = null;
    }

    private SocketsHttpHandler CreateHandler() => new()
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        ConnectTimeout = Timeout.InfiniteTimeSpan,
        PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
        MaxResponseHeadersLength = MaxHeaderKibibytes,
        MaxConnectionsPerServer = 1,
        ConnectCallback = (context, cancellationToken) =>
            dialer.ConnectAsync(context.InitialRequestMessage.Version.Major == 2 ? SslApplicationProtocol.Http2 : SslApplicationProtocol.Http11, cancellationToken),
    };
}
