namespace Zoneway.Xds.Grpc;

/// <summary>A running call: messages in both directions, and in the end a status.</summary>
/// <remarks>One task may read while another writes. Dispose of it to release the HTTP/2 stream.</remarks>
internal sealed class AsyncDuplexStreamingCall<TRequest, TResponse> : IDisposable
{
    private readonly CallLifetime _lifetime;

    internal AsyncDuplexStreamingCall(CallLifetime lifetime, IClientStreamWriter<TRequest> requestStream, IAsyncStreamReader<TResponse> responseStream)
    {
        _lifetime = lifetime;
        RequestStream = requestStream;
        ResponseStream = responseStream;
    }

    /// <summary>What the client sends.</summary>
    public IClientStreamWriter<TRequest> RequestStream { get; }

    /// <summary>What the server sends. Read it to its end, also to learn the status.</summary>
    public IAsyncStreamReader<TResponse> ResponseStream { get; }

    /// <summary>How the call ended.</summary>
    /// <exception cref="InvalidOperationException">The call has not ended.</exception>
    public Status GetStatus() => Ended.Status;

    /// <summary>The trailing metadata, without the status.</summary>
    /// <exception cref="InvalidOperationException">The call has not ended.</exception>
    public Metadata GetTrailers() => Ended.Trailers;

    /// <summary>Releases the call; if it still runs, cancels it.</summary>
    public void Dispose() => _lifetime.Dispose();

    private CallLifetime.Outcome Ended => _lifetime.Ended ?? throw new InvalidOperationException("The call has not ended.");
}
