using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Zoneway.ZoneControlPlane.Listening;

/// <summary>
/// One port without TLS for HTTP/1.1 and HTTP/2 with prior knowledge. Kestrel decides the version per endpoint, so this is a transport
/// with two: it accepts on the real port, looks at how a connection begins and hands it to the endpoint of that version.
/// </summary>
internal sealed partial class SharedPort : IConnectionListenerFactory, IConnectionListenerFactorySelector, IAsyncDisposable
{
    /// <summary>Most connections that have not said yet what they speak; further ones are closed.</summary>
    private const int MaxUndecided = 1024;

    // As for request headers in Kuma's server.
    private static readonly TimeSpan DecisionTimeout = TimeSpan.FromSeconds(5);

    private readonly IPEndPoint _address;
    private readonly TimeProvider _time;
    private readonly ILogger<SharedPort> _logger;
    private readonly SocketTransportFactory _sockets;
    private readonly Dictionary<HttpProtocols, Channel<ConnectionContext>> _accepted = new()
    {
        [HttpProtocols.Http1] = Channel.CreateUnbounded<ConnectionContext>(),
        [HttpProtocols.Http2] = Channel.CreateUnbounded<ConnectionContext>(),
    };

    private readonly CancellationTokenSource _unbound = new();
    private IConnectionListener? _listener;
    private Task _accepting = Task.CompletedTask;
    private int _undecided;

    public SharedPort(IPEndPoint address, TimeProvider time, ILoggerFactory loggers)
    {
        _address = address;
        _time = time;
        _logger = loggers.CreateLogger<SharedPort>();
        _sockets = new SocketTransportFactory(Options.Create(new SocketTransportOptions()), loggers);
    }

    /// <summary>Where the port was bound; null before.</summary>
    public IPEndPoint? BoundAddress => _listener?.EndPoint as IPEndPoint;

    public bool CanBind(EndPoint endpoint) => endpoint is ProtocolEndPoint;

    /// <exception cref="IOException">The port is taken or may not be bound.</exception>
    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        if (_listener is null)
        {
            _listener = await _sockets.BindAsync(_address, cancellationToken);
            _accepting = AcceptAsync(_listener);
        }

        return new ProtocolListener(this, (ProtocolEndPoint)endpoint);
    }

    public async ValueTask DisposeAsync()
    {
        await UnbindAsync(CancellationToken.None);
        await _accepting;
        _unbound.Dispose();
        if (_listener is not null)
        {
            await _listener.DisposeAsync();
        }
    }

    private async ValueTask UnbindAsync(CancellationToken cancellationToken)
    {
        if (_listener is null || _unbound.IsCancellationRequested)
        {
            return;
        }

        await _unbound.CancelAsync();
        await _listener.UnbindAsync(cancellationToken);
    }

    private async Task AcceptAsync(IConnectionListener listener)
    {
        while (await listener.AcceptAsync(CancellationToken.None) is { } connection)
        {
            if (Interlocked.Increment(ref _undecided) <= MaxUndecided)
            {
                _ = SortAsync(connection);
            }
            else
            {
                Interlocked.Decrement(ref _undecided);
                await connection.DisposeAsync();
            }
        }

        foreach (var queue in _accepted.Values)
        {
            queue.Writer.Complete();
        }
    }

    private async Task SortAsync(ConnectionContext connection)
    {
        using var expired = new CancellationTokenSource(DecisionTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(expired.Token, _unbound.Token);
        var isQueued = false;
        try
        {
            var protocol = await HttpPreface.StartsHttp2Async(connection.Transport.Input, either.Token) ? HttpProtocols.Http2 : HttpProtocols.Http1;
            isQueued = _accepted[protocol].Writer.TryWrite(connection);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            Log.NeverSpoke(_logger, connection.ConnectionId, exception.Message);
        }
        finally
        {
            Interlocked.Decrement(ref _undecided);
        }

        if (!isQueued)
        {
            await connection.DisposeAsync();
        }
    }

    private sealed class ProtocolListener(SharedPort port, ProtocolEndPoint endPoint) : IConnectionListener
    {
        public EndPoint EndPoint => endPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            var queue = port._accepted[endPoint.Protocol].Reader;
            return await queue.WaitToReadAsync(cancellationToken) && queue.TryRead(out var connection) ? connection : null;
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => port.UnbindAsync(cancellationToken);

        public ValueTask DisposeAsync() => port.UnbindAsync(CancellationToken.None);
    }

    private static partial class Log
    {
        [LoggerMessage(80, LogLevel.Debug, "Connection {Connection} was closed before it said what it speaks: {Reason}")]
        public static partial void NeverSpoke(ILogger logger, string connection, string reason);
    }
}
