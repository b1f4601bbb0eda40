using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Zoneway.SniRouter.Proxying;

namespace Zoneway.SniRouter.Listeners;

/// <summary>The portable data path's listeners: Kestrel's socket transport, whose connections go to the middleware behind the virtual endpoint.</summary>
internal sealed partial class SocketListenerTransport : IListenerTransport
{
    private readonly SocketTransportFactory _sockets;
    private readonly VirtualConnectionListener _virtualListener;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    public SocketListenerTransport(VirtualConnectionListener virtualListener, TimeProvider time, ILoggerFactory loggerFactory)
    {
        _virtualListener = virtualListener;
        _time = time;
        _logger = loggerFactory.CreateLogger<SocketListenerTransport>();
        // A write buffer of one byte makes a flush complete only when the socket has taken the bytes, without which a FIN could overtake them.
        var options = new SocketTransportOptions { NoDelay = true, Backlog = 4096, MaxWriteBufferSize = 1 };
        _sockets = new SocketTransportFactory(Options.Create(options), loggerFactory);
    }

    public async ValueTask<IBoundListener> BindAsync(string listener, IPEndPoint address, CancellationToken cancellationToken)
    {
        try
        {
            var bound = new BoundListener(listener, await _sockets.BindAsync(address, cancellationToken), this);
            bound.Start();
            return bound;
        }
        catch (AddressInUseException exception)
        {
            throw new SocketException((int)SocketError.AddressAlreadyInUse, exception.Message);
        }
    }

    private sealed class BoundListener(string name, IConnectionListener sockets, SocketListenerTransport transport) : IBoundListener
    {
        private Task _accepting = Task.CompletedTask;

        public IPEndPoint EndPoint => (IPEndPoint)sockets.EndPoint;

        public void Start() => _accepting = AcceptAsync();

        // Unbound, not disposed: disposing would take the memory pool from the connections that are still open.
        public async ValueTask UnbindAsync(CancellationToken cancellationToken)
        {
            await sockets.UnbindAsync(cancellationToken);
            await _accepting;
        }

        private async Task AcceptAsync()
        {
            await Task.Yield();
            try
            {
                while (await sockets.AcceptAsync() is { } connection)
                {
                    connection.Features.Set<IListenerFeature>(new AcceptedBy(name, transport._time.GetTimestamp()));
                    await transport._virtualListener.HandInAsync(connection);
                }
            }
            catch (Exception exception)
            {
                Log.AcceptFailed(transport._logger, exception, name);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(400, LogLevel.Critical, "Listener {Listener} stopped accepting.")]
        public static partial void AcceptFailed(ILogger logger, Exception exception, string listener);
    }
}
