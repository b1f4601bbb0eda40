using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Zoneway.SniRouter.Proxying;
using Zoneway.SniRouter.Routing;

namespace Zoneway.SniRouter.Engine;

/// <summary>A connection whose chain takes the socket: there are no pipes in between, and so no <see cref="DefaultConnectionContext.Transport"/>.</summary>
internal sealed class HandedOverConnection : DefaultConnectionContext, IHandedOverFeature, IConnectionSocketFeature
{
    private int _isClosed;

    public HandedOverConnection(string id, Socket socket, FilterChain filterChain, string serverName)
        : base(id)
    {
        (Socket, FilterChain, ServerName) = (socket, filterChain, serverName);
        LocalEndPoint = socket.LocalEndPoint;
        RemoteEndPoint = socket.RemoteEndPoint;
        Features.Set<IHandedOverFeature>(this);
        Features.Set<IConnectionSocketFeature>(this);
    }

    public FilterChain FilterChain { get; }

    public string ServerName { get; }

    public Socket Socket { get; }

    public bool IsClosed => Volatile.Read(ref _isClosed) != 0;

    /// <summary>Ends it with a reset.</summary>
    public override void Abort(ConnectionAbortedException abortReason) => Close(static socket => socket.Close(timeout: 0));

    public override ValueTask DisposeAsync()
    {
        Close(static socket =>
        {
            try
            {
                socket.Shutdown(SocketShutdown.Both);
            }
            catch (SocketException)
            {
                // The client has gone already.
            }

            socket.Dispose();
        });
        return base.DisposeAsync();
    }

    private void Close(Action<Socket> close)
    {
        if (Interlocked.Exchange(ref _isClosed, 1) == 0)
        {
            close(Socket);
        }
    }
}
