using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace Zoneway.SniRouter.Listeners;

/// <summary>Hands the connections of all real listeners to Kestrel, as if one listener had accepted them.</summary>
internal sealed class VirtualConnectionListener : IConnectionListener
{
    // Kestrel starts each connection and comes back at once; the bound only keeps a stalled server from piling them up.
    private const int Backlog = 1024;

    private readonly Channel<ConnectionContext> _connections = Channel.CreateBounded<ConnectionContext>(new BoundedChannelOptions(Backlog) { SingleReader = true });

    public EndPoint EndPoint => VirtualEndPoint.Instance;

    /// <summary>Hands in a connection; waits while Kestrel is behind. A connection that comes after the end is closed.</summary>
    public async ValueTask HandInAsync(ConnectionContext connection)
    {
        try
        {
            await _connections.Writer.WriteAsync(connection);
        }
        catch (ChannelClosedException)
        {
            await connection.DisposeAsync();
        }
    }

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await _connections.Reader.WaitToReadAsync(cancellationToken))
        {
            if (_connections.Reader.TryRead(out var connection))
            {
                return connection;
            }
        }

        return null;
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _connections.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => UnbindAsync();
}
