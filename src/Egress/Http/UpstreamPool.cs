using System.Net;
using System.Net.Security;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;
using Zoneway.Egress.Connections;
using Zoneway.MutualTls;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Proxying;
using Zoneway.SniRouter.Telemetry;

namespace Zoneway.Egress.Http;

/// <summary>The connections to one endpoint that requests are forwarded on, HTTP/1.1 or HTTP/2 as its cluster says, with TLS where its cluster asks for it.</summary>
internal sealed class UpstreamPool
{
    private readonly ClusterState _state;
    private readonly ClusterConfig _config;
    private UpstreamEndpoint _endpoint;
    private readonly UpstreamTlsConfig? _tls;
    private readonly UpstreamConnector _connector;
    private readonly UpstreamSecurity _security;
    private readonly TimeProvider _time;

    public UpstreamPool(ClusterState state, ClusterConfig config, UpstreamEndpoint endpoint, UpstreamConnector connector, UpstreamSecurity security, TimeProvider time)
    {
        _state = state;
        _config = config;
        _endpoint = endpoint;
        _connector = connector;
        _security = security;
        _time = time;
        _tls = UpstreamSecurity.Of(config, endpoint);
        Origin = $"{(_tls is null ? "http" : "https")}://{Authority(endpoint.Address)}";
        Invoker = new HttpMessageInvoker(CreateHandler());
    }

    /// <summary>Scheme and authority, without a slash at the end.</summary>
    public string Origin { get; }

    /// <summary>Sends requests to the endpoint.</summary>
    public HttpMessageInvoker Invoker { get; }

    /// <summary>How a request is sent whose client speaks a certain HTTP.</summary>
    /// <param name="request">The request.</param>
    /// <param name="idleTimeout">Longest time without a byte of it or its answer.</param>
    public ForwarderRequestConfig ConfigFor(HttpRequest request, TimeSpan idleTimeout)
    {
        var isHttp2 = _config.Http.Version switch
        {
            UpstreamHttpVersion.Http2 => true,
            UpstreamHttpVersion.Downstream => HttpProtocol.IsHttp2(request.Protocol),
            _ => false,
        };
        return _config.Http.Version == UpstreamHttpVersion.Auto && _tls is not null
            ? RequestConfigs.Get(HttpVersion.Version20, HttpVersionPolicy.RequestVersionOrLower, idleTimeout)
            : RequestConfigs.Get(isHttp2 ? HttpVersion.Version20 : HttpVersion.Version11, HttpVersionPolicy.RequestVersionExact, idleTimeout);
    }

    /// <summary>Whether this is the way to speak to an endpoint under a configuration.</summary>
    public bool Suits(ClusterConfig config, UpstreamEndpoint endpoint) =>
        ReferenceEquals(config, _config) || (config.Http == _config.Http && config.ConnectTimeout == _config.ConnectTimeout && config.CircuitBreakers == _config.CircuitBreakers
            && ReferenceEquals(UpstreamSecurity.Of(config, endpoint), _tls));

    /// <summary>Takes over where the endpoint is now: what a name resolves to may change while the endpoint stays the same.</summary>
    public void Follow(UpstreamEndpoint endpoint)
    {
        if (!ReferenceEquals(Volatile.Read(ref _endpoint), endpoint))
        {
            Volatile.Write(ref _endpoint, endpoint);
        }
    }

    /// <summary>Lets go of idle connections now and of the others when their requests are over.</summary>
    public void Retire() => Invoker.Dispose();

    private SocketsHttpHandler CreateHandler() => new()
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        EnableMultipleHttp2Connections = true,
        ActivityHeadersPropagator = null,
        ConnectTimeout = Timeout.InfiniteTimeSpan,
        ResponseDrainTimeout = TimeSpan.FromSeconds(1),
        MaxResponseHeadersLength = 64,
        PooledConnectionIdleTimeout = _config.Http.IdleTimeout,
        PooledConnectionLifetime = _config.Http.MaxConnectionDuration,
        ConnectCallback = ConnectAsync,
    };

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var endpoint = Volatile.Read(ref _endpoint);
        var held = _state.CircuitBreaker.TryConnect(_config.CircuitBreakers, out var full);
        if (held == CircuitBreakerHold.None)
        {
            _state.Stats.Overflowed(full);
            throw new UpstreamConnectException(ConnectionOutcome.UpstreamOverflow, "the cluster has as many connections as its circuit breaker allows");
        }

        try
        {
            var result = await _connector.ConnectAsync(endpoint, _config.ConnectTimeout, cancellationToken);
            if (result.Socket is null)
            {
                endpoint.State.ConnectFailed();
                _state.Stats.ConnectFailed(result.Failure == ConnectionOutcome.ConnectTimeout);
                throw new UpstreamConnectException(result.Failure, result.Failure == ConnectionOutcome.ConnectTimeout ? "connection timeout" : "connection refused or unreachable");
            }

            _state.CircuitBreaker.Connected(ref held);
            var connection = new UpstreamStream(result.Socket, _state, endpoint, held);
            held = CircuitBreakerHold.None;
            var protocol = context.InitialRequestMessage.Version.Major == 2 ? SslApplicationProtocol.Http2 : SslApplicationProtocol.Http11;
            var (stream, problem) = await _security.AuthenticateAsync(connection, _config, endpoint, protocol, cancellationToken);
            return stream ?? throw new UpstreamConnectException(ConnectionOutcome.UpstreamTlsFailed, $"TLS failed: {problem}");
        }
        finally
        {
            _state.CircuitBreaker.Release(ref held);
        }
    }

    private static string Authority(EndPoint address) => address switch
    {
        IPEndPoint ip => ip.ToString(),
        DnsEndPoint dns => $"{dns.Host}:{dns.Port}",
        _ => "localhost",
    };
}
