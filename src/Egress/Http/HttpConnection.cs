using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Zoneway.Egress.Connections;
using Zoneway.Termination;
using Zoneway.Termination.Http;

namespace Zoneway.Egress.Http;

/// <summary>What the requests of one connection share, and the time limits of the connection between requests: idle time and age. It then ends in order (GOAWAY, Connection: close).</summary>
internal sealed class HttpConnection : IDisposable
{
    private readonly InnerConnection _connection;
    private readonly TerminatedChain _chain;
    private ITimer? _idle;
    private ITimer? _age;
    private ITimer? _headers;
    private long _idleSince;
    private int _active;
    private uint _requests;
    private int _closing;
    private int _awaitsHeaders;
    private volatile bool _hasRest;
    private long _sent;
    private long _received;

    public HttpConnection(InnerConnection connection, string listener, TerminatedChain chain, TerminatedConnection facts, TimeProvider time)
    {
        Listener = listener;
        _connection = connection;
        _chain = chain;
        Time = time;
        Facts = facts;
    }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>What is known of the connection.</summary>
    public TerminatedConnection Facts { get; }

    /// <summary>Filters and routes, as they were when the connection came.</summary>
    public HttpFilterChain Filters => _chain.Http!;

    /// <summary>How the chain serves HTTP.</summary>
    public HttpConnectionManagerConfig Config => _chain.Config.Http!;

    /// <summary>Name of the listener that accepted it.</summary>
    public string Listener { get; }

    /// <summary>The filter chain.</summary>
    public SniRouter.Routing.FilterChain FilterChain => _chain.Chain;

    /// <summary>The filter chain's name.</summary>
    public string ChainName => _chain.Chain.Name;

    /// <summary>Bytes of request bodies.</summary>
    public long BytesSent => Volatile.Read(ref _sent);

    /// <summary>Bytes of answers' bodies.</summary>
    public long BytesReceived => Volatile.Read(ref _received);

    /// <summary>Whether it takes no further requests.</summary>
    public bool IsClosing => Volatile.Read(ref _closing) != 0;

    /// <summary>Whether the headers of a request have to come within a time.</summary>
    public bool LimitsHeaders => Config.RequestHeadersTimeout != Timeout.InfiniteTimeSpan;

    /// <summary>Starts the clocks.</summary>
    public void Start()
    {
        _idleSince = Time.GetTimestamp();
        if (Config.IdleTimeout != Timeout.InfiniteTimeSpan)
        {
            _idle = Time.CreateTimer(static state => ((HttpConnection)state!).OnIdleDue(), this, Config.IdleTimeout, Timeout.InfiniteTimeSpan);
        }

        if (Config.MaxConnectionDuration != Timeout.InfiniteTimeSpan)
        {
            _age = Time.CreateTimer(static state => ((HttpConnection)state!).Close(), this, Config.MaxConnectionDuration, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>
    /// Bytes have come over HTTP/1.1: where no request is being answered, they begin the headers of the next one, which then have to come in time or the connection ends. What is left of a
    /// body that was answered before its end is none of these, and cannot be told from them.
    /// </summary>
    public void BytesCame()
    {
        if (Volatile.Read(ref _active) == 0 && !_hasRest && Interlocked.Exchange(ref _awaitsHeaders, 1) == 0)
        {
            _headers ??= Time.CreateTimer(static state => ((HttpConnection)state!).OnHeadersDue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _headers.Change(Config.RequestHeadersTimeout, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>A request begins.</summary>
    public void RequestStarted()
    {
        Interlocked.Increment(ref _active);
        _hasRest = false;
        if (Interlocked.Exchange(ref _awaitsHeaders, 0) != 0)
        {
            _headers!.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        _chain.Stats.Started();
        if (Config.MaxRequestsPerConnection > 0 && Interlocked.Increment(ref _requests) >= Config.MaxRequestsPerConnection)
        {
            Close();
        }
    }

    /// <summary>A request is there as a whole: what comes now is the next one, or the end. HTTP/2 reads on in any case.</summary>
    public void RequestReceived(HttpRequest request)
    {
        if (!HttpProtocol.IsHttp2(request.Protocol))
        {
            _connection.Input.Watch();
        }
    }

    /// <summary>A request is over.</summary>
    public void RequestEnded(HttpExchange exchange)
    {
        _chain.Stats.Ended(exchange.Status);
        Interlocked.Add(ref _sent, exchange.BytesSent);
        Interlocked.Add(ref _received, exchange.BytesReceived);
        _hasRest = !exchange.IsReceived;
        Volatile.Write(ref _idleSince, Time.GetTimestamp());
        Interlocked.Decrement(ref _active);
    }

    /// <summary>Takes no further requests and ends when those that run are over.</summary>
    public void Close()
    {
        if (Interlocked.Exchange(ref _closing, 1) == 0)
        {
            _connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _headers?.Dispose();
        _idle?.Dispose();
        _age?.Dispose();
    }

    private void OnHeadersDue()
    {
        if (Volatile.Read(ref _awaitsHeaders) != 0)
        {
            _connection.Abort(new ConnectionAbortedException("The headers of a request did not come in time."));
        }
    }

    private void OnIdleDue()
    {
        var left = Volatile.Read(ref _active) > 0 ? Config.IdleTimeout : Config.IdleTimeout - Time.GetElapsedTime(Volatile.Read(ref _idleSince));
        if (left > TimeSpan.Zero)
        {
            _idle?.Change(left, Timeout.InfiniteTimeSpan);
            return;
        }

        Close();
    }
}
