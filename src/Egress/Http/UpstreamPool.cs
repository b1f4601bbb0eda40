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
    private readonly HttpProtocolConfig _http;
    private readonly UpstreamTlsConfig? _tls;
    private readonly UpstreamConnector _connector;
    private readonly UpstreamSecurity _security;
    private readonly TimeProvider _time;

    // What the next connection is opened by.
    private Target _target;

    // The pools themselves, and each request. Who brings it to zero disposes.
    private int _users = 1;

    public UpstreamPool(ClusterState state, ClusterConfig config, UpstreamEndpoint endpoint, UpstreamConnector connector, UpstreamSecurity security, TimeProvider time)
    {
        _state = state;
        _http = config.Http;
        _target = new Target(config, endpoint);
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
        var isHttp2 = _http.Version switch
        {
            UpstreamHttpVersion.Http2 => true,
            UpstreamHttpVersion.Downstream => HttpProtocol.IsHttp2(request.Protocol),
            _ => false,
        };
        return _http.Version == UpstreamHttpVersion.Auto && _tls is not null
            ? RequestConfigs.Get(HttpVersion.Version20, HttpVersionPolicy.RequestVersionOrLower, idleTimeout)
            : RequestConfigs.Get(isHttp2 ? HttpVersion.Version20 : HttpVersion.Version11, HttpVersionPolicy.RequestVersionExact, idleTimeout);
    }

    /// <summary>
    /// Takes over where the endpoint is now, for what a name resolves to may change while the endpoint stays the same, and the cluster's limits; false when this is not the way to speak to it
    /// under a configuration.
    /// </summary>
    public bool TryFollow(ClusterConfig config, UpstreamEndpoint endpoint)
    {
        var target = Volatile.Read(ref _target);
        if (ReferenceEquals(config, target.Config) && ReferenceEquals(endpoint, target.Endpoint))
        {
            return true;
        }

        if (config.Http != _http || !ReferenceEquals(UpstreamSecurity.Of(config, endpoint), _tls))
        {
            return false;
        }

        Volatile.Write(ref _target, new Target(config, endpoint));
        return true;
    }

    /// <summary>Counts a request in; false when the pool is gone.</summary>
    public bool TryUse()
    {
        for (var users = Volatile.Read(ref _users); users > 0;)
        {
            var before = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (before == users)
            {
                return true;
            }

            users = before;
        }

        return false;
    }

    /// <summary>Counts a request out, or the pools themselves. The last one closes the connections.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            Invoker.Dispose();
        }
    }

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
        PooledConnectionIdleTimeout = _http.IdleTimeout,
        PooledConnectionLifetime = _http.MaxConnectionDuration,
        ConnectCallback = ConnectAsync,
    };

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var (config, endpoint) = Volatile.Read(ref _target);
        var held = _state.CircuitBreaker.TryConnect(config.CircuitBreakers, out var full);
        if (held == CircuitBreakerHold.None)
        {
            _state.Stats.Overflowed(full);
            throw new UpstreamConnectException(ConnectionOutcome.UpstreamOverflow, "the cluster has as many connections as its circuit breaker allows");
        }

        try
        {
            var result = await _connector.ConnectAsync(endpoint, config.ConnectTimeout, cancellationToken);
            if (result.Socket is null)
            {
                endpoint.State.ConnectFailed();
                _state.Stats.ConnectFailed(result.Failure == ConnectionOutcome.ConnectTimeout);
                throw new UpstreamConnectException(result.Failure, result.Failure == ConnectionOutcome.ConnectTimeout ? "connection timeout" : "connection refused or unreachable");
            }

            _state.CircuitBreaker.Connected(ref held);
            var connection = new UpstreamStream(result.Socket, _state, endpoint, held);
            held = CircuitBreakerHold.None;
            return await SecureAsync(connection, config, endpoint, context.InitialRequestMessage.Version, cancellationToken);
        }
        finally
        {
            _state.CircuitBreaker.Release(ref held);
        }
    }

    private async ValueTask<Stream> SecureAsync(UpstreamStream connection, ClusterConfig config, UpstreamEndpoint endpoint, Version version, CancellationToken cancellationToken)
    {
        var isSecured = false;
        try
        {
            var (stream, problem) = await _security.AuthenticateAsync(connection, config, endpoint, version.Major == 2 ? SslApplicationProtocol.Http2 : SslApplicationProtocol.Http11, cancellationToken);
            isSecured = stream is not null;
            return stream ?? throw new UpstreamConnectException(ConnectionOutcome.UpstreamTlsFailed, $"TLS failed: {problem}");
        }
        finally
        {
            if (!isSecured)
            {
                // As in Envoy, a connection without TLS is none.
                endpoint.State.ConnectFailed();
                _state.Stats.ConnectFailed(timedOut: false);
                await connection.DisposeAsync();
            }
        }
    }

    private static string Authority(EndPoint address) => address switch
    {
        IPEndPoint ip => ip.ToString(),
        DnsEndPoint dns => $"{dns.Host}:{dns.Port}",
        _ => "localhost",
    };

    private sealed record Target(ClusterConfig Config, UpstreamEndpoint Endpoint);
}
