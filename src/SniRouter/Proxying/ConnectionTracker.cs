using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Zoneway.SniRouter.Telemetry;

namespace Zoneway.SniRouter.Proxying;

/// <summary>Counts open connections, keeps them within the limits, and tells when the last one has gone. Shared by both data paths.</summary>
public sealed partial class ConnectionTracker : IDisposable
{
    private readonly ILogger<ConnectionTracker> _logger;
    private readonly int _maxSniffing;
    private readonly CancellationTokenSource _abort = new();
    private readonly CancellationTokenSource _closeIdle = new();
    private readonly Lock _waiters = new();
    private TaskCompletionSource? _none;
    private long _total;
    private int _active;
    private int _sniffing;
    private int _limitLogged;

    /// <summary>Creates a tracker with the limits of the options.</summary>
    public ConnectionTracker(IOptions<SniRouterOptions> options, ILogger<ConnectionTracker> logger)
    {
        _logger = logger;
        _maxSniffing = options.Value.MaxSniffingConnections;
        MaxConnections = FileDescriptorLimit.MaxConnections;
        if (options.Value.MaxConnections > MaxConnections)
        {
            Log.LimitLowered(logger, options.Value.MaxConnections, MaxConnections, FileDescriptorLimit.Value);
        }
        else if (options.Value.MaxConnections > 0)
        {
            MaxConnections = options.Value.MaxConnections;
        }
    }

    /// <summary>The limit in force.</summary>
    public int MaxConnections { get; }

    /// <summary>Connections accepted since the start.</summary>
    public long Total => Volatile.Read(ref _total);

    /// <summary>Connections open now, in whatever stage.</summary>
    public int Active => Volatile.Read(ref _active);

    /// <summary>Connections whose ClientHello is not complete yet.</summary>
    public int Sniffing => Volatile.Read(ref _sniffing);

    /// <summary>Cancelled when connections still open must end now (<see cref="ConnectionOutcome.Drained"/>).</summary>
    public CancellationToken Aborted => _abort.Token;

    /// <summary>Cancelled when connections that fall silent must end (<see cref="ConnectionOutcome.Drained"/>); <see cref="IdleLimit"/> says after how long.</summary>
    internal CancellationToken IdleClosed => _closeIdle.Token;

    /// <summary>Longest time without a byte once <see cref="IdleClosed"/> is cancelled.</summary>
    internal TimeSpan IdleLimit { get; private set; } = Timeout.InfiniteTimeSpan;

    /// <summary>Waits until no connection is open.</summary>
    public Task WaitUntilNoneAsync(CancellationToken cancellationToken)
    {
        lock (_waiters)
        {
            if (Active == 0)
            {
                return Task.CompletedTask;
            }

            _none ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _none.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Ends every open connection.</summary>
    public void AbortAll() => _abort.Cancel();

    /// <summary>
    /// From now on ends, in order, every connection that passes bytes and has been silent for a while; the silence before the call counts. Only the first call has an effect.
    /// </summary>
    /// <param name="limit">Longest time without a byte; not negative.</param>
    public void CloseIdle(TimeSpan limit)
    {
        if (!_closeIdle.IsCancellationRequested)
        {
            IdleLimit = limit;
            _closeIdle.Cancel();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _abort.Dispose();
        _closeIdle.Dispose();
    }

    /// <summary>Counts a new connection in, both as open and as sniffing; null, or the limit that forbids it.</summary>
    internal ConnectionOutcome? TryEnter()
    {
        Interlocked.Increment(ref _total);
        if (Interlocked.Increment(ref _active) > MaxConnections)
        {
            Leave();
            LogFirst(1, MaxConnections, "connections (--max-connections)");
            return ConnectionOutcome.ConnectionLimit;
        }

        if (Interlocked.Increment(ref _sniffing) > _maxSniffing)
        {
            Sniffed();
            Leave();
            LogFirst(2, _maxSniffing, "connections waiting for a ClientHello (--max-sniffing-connections)");
            return ConnectionOutcome.SniffingLimit;
        }

        return null;
    }

    /// <summary>The connection is not waiting for a ClientHello any more.</summary>
    internal void Sniffed() => Interlocked.Decrement(ref _sniffing);

    /// <summary>The connection is over.</summary>
    internal void Leave()
    {
        if (Interlocked.Decrement(ref _active) == 0)
        {
            lock (_waiters)
            {
                if (Active == 0)
                {
                    _none?.TrySetResult();
                    _none = null;
                }
            }
        }
    }

    /// <summary>The connection, whose ClientHello is known, begins anew with the middleware, which counts it again.</summary>
    internal void HandOver()
    {
        Interlocked.Decrement(ref _total);
        Leave();
    }

    private void LogFirst(int limit, int value, string what)
    {
        if ((Interlocked.Or(ref _limitLogged, limit) & limit) == 0)
        {
            Log.LimitReached(_logger, value, what);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(301, LogLevel.Warning,
            "The limit of {Wanted} connections is lowered to {Allowed}: each takes two of the {Descriptors} file descriptors, and some must stay free.")]
        public static partial void LimitLowered(ILogger logger, int wanted, int allowed, int descriptors);

        [LoggerMessage(300, LogLevel.Warning, "The limit of {Limit} {What} was reached; further ones are closed at once. Said once; the metrics count them.")]
        public static partial void LimitReached(ILogger logger, int limit, string what);
    }
}
