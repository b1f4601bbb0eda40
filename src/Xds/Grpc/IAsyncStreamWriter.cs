namespace Zoneway.Xds.Grpc;

/// <summary>Sends messages to the peer. Writers queue in the order of their calls: messages never interleave.</summary>
internal interface IAsyncStreamWriter<in T>
{
    /// <summary>
    /// Sends one message; completes when it is handed to the connection, which waits while the peer's flow-control window is
    /// used up. Cancelling the token ends the whole call, as half a message cannot be taken back.
    /// </summary>
    /// <exception cref="RpcException">The call is over or broke.</exception>
    Task WriteAsync(T message, CancellationToken cancellationToken = default);
}

/// <summary>The client's sending direction.</summary>
internal interface IClientStreamWriter<in T> : IAsyncStreamWriter<T>
{
    /// <summary>Ends the sending direction; the server's messages still arrive. Harmless when repeated or late.</summary>
    Task CompleteAsync();
}

/// <summary>The server's sending direction; ends when the handler returns.</summary>
internal interface IServerStreamWriter<in T> : IAsyncStreamWriter<T>;
