using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Zoneway.SniRouter.Proxying;

/// <summary>Tells the errors that peers cause from those that are ours.</summary>
internal static class SocketErrors
{
    /// <summary>Whether the exception only says that the peer, or we ourselves, ended the connection.</summary>
    public static bool IsConnectionEnd(Exception exception) => exception switch
    {
        ConnectionResetException or ConnectionAbortedException or ObjectDisposedException or OperationCanceledException => true,
        SocketException { SocketErrorCode: var code } => code is SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown
            or SocketError.OperationAborted or SocketError.TimedOut or SocketError.NotConnected or SocketError.HostUnreachable
            or SocketError.NetworkUnreachable or SocketError.NetworkReset or SocketError.HostDown or SocketError.Interrupted,
        IOException { InnerException: { } inner } => IsConnectionEnd(inner),
        _ => false,
    };
}
