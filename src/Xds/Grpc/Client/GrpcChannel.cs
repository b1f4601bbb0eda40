using Google.Protobuf;

namespace Zoneway.Xds.Grpc;

/// <summary>
/// Calls one gRPC server over HTTP/2. Connects when a call needs it and again after a connection is lost; a name is resolved anew
/// for each connection.
/// </summary>
/// <remarks>
/// Shaped like the channel of Grpc.Net.Client, of which it has what xDS needs: bidirectional streams without compression.
/// Thread-safe.
/// </remarks>
internal sealed class GrpcChannel : IDisposable
{
    private readonly HttpMessageInvoker _invoker;
    private readonly GrpcChannelOptions _options;
    private readonly Uri _baseAddress;

    private GrpcChannel(Uri address, GrpcChannelOptions options)
    {
        _options = options;
        _baseAddress = options.Tls.ServerName is { } name && address.Scheme == Uri.UriSchemeHttps
            ? new UriBuilder(address) { Host = name }.Uri
            : address;
        _invoker = new HttpMessageInvoker(HttpHandlerFactory.Create(address, options), disposeHandler: true);
    }

    /// <summary>Makes a channel; nothing is connected yet.</summary>
    /// <param name="address"><c>https://host:port</c>, or <c>http://host:port</c> for HTTP/2 without TLS.</param>
    /// <param name="options">How to connect.</param>
    /// <exception cref="ArgumentException">The address is of another scheme, or an option is out of range.</exception>
    public static GrpcChannel ForAddress(Uri address, GrpcChannelOptions options)
    {
        if (!address.IsAbsoluteUri || (address.Scheme != Uri.UriSchemeHttps && address.Scheme != Uri.UriSchemeHttp))
        {
            throw new ArgumentException("The address of a gRPC server is an absolute http or https URI.", nameof(address));
        }

        return new GrpcChannel(address, options);
    }

    /// <summary>Starts a call and returns at once; whatever fails is seen on its streams.</summary>
    public AsyncDuplexStreamingCall<TRequest, TResponse> DuplexStreaming<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        CallOptions options = default)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        var lifetime = new CallLifetime(options, _options.TimeProvider);
        var content = new RequestContent();
        var request = RequestBuilder.Build(new Uri(_baseAddress, method.FullName), content, options, _options.TimeProvider);
        var exchange = new HttpExchange(_invoker, request, content, lifetime);

        return new AsyncDuplexStreamingCall<TRequest, TResponse>(
            lifetime,
            new RequestStreamWriter<TRequest>(content, lifetime),
            new ResponseStreamReader<TResponse>(exchange, method.ResponseParser, _options.MaxReceiveMessageBytes, lifetime));
    }

    /// <summary>Closes all connections; calls still running end with <see cref="StatusCode.Unavailable"/> or <see cref="StatusCode.Cancelled"/>.</summary>
    public void Dispose() => _invoker.Dispose();
}
