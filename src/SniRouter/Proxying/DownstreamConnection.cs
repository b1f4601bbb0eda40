using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Zoneway.SniRouter.Proxying;

/// <summary>The client's side of a connection, with the two things that a Kestrel transport does not offer by itself: a FIN while still reading, and a reset.</summary>
internal sealed class DownstreamConnection(ConnectionContext context)
{
    private readonly Socket? _socket = context.Features.Get<IConnectionSocketFeature>()?.Socket;

    public PipeReader Input => context.Transport.Input;

    public PipeWriter Output => context.Transport.Output;

    /// <summary>
    /// Tells the client that nothing more comes, and goes on reading. Everything flushed before must have reached the socket: the
    /// listeners are opened with a write buffer of one byte, so that a flush completes only then.
    /// </summary>
    public void FinishSending()
    {
        if (_socket is null)
        {
            // A transport without a socket (in memory) can only end both directions; its tests know.
            Output.Complete();
            return;
        }

        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The client is gone already; the reading direction finds out and decides the outcome.
        }
    }

    /// <summary>Ends both directions with a reset.</summary>
    public void Reset(string reason) => context.Abort(new ConnectionAbortedException(reason));
}
