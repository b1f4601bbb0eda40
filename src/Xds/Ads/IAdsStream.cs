namespace Zoneway.Xds.Ads;

/// <summary>One bidirectional stream to a control plane, as a session sees it. Disposing ends the call if it is not over.</summary>
internal interface IAdsStream<in TRequest, TResponse> : IAsyncDisposable
    where TResponse : class
{
    /// <summary>Sends one request; waits while the control plane takes nothing in. One writer at a time.</summary>
    /// <exception cref="Grpc.RpcException">The call is over or broke; the reading side knows how.</exception>
    Task WriteAsync(TRequest request, CancellationToken cancellationToken);

    /// <summary>The next response; null when the control plane ended the stream with status OK. One reader at a time.</summary>
    /// <exception cref="Grpc.RpcException">The call ended with another status.</exception>
    Task<TResponse?> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Ends the sending direction.</summary>
    Task CompleteAsync();
}
