using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Zoneway.Egress.Http;

/// <summary>What is inside the TLS of a connection, as a connection of its own. Its end leaves the outer one to whoever owns that.</summary>
internal sealed class InnerConnection : DefaultConnectionContext
{
    private readonly ConnectionContext _outer;
    private readonly CancellationTokenSource _closed = new();
    private readonly CancellationTokenRegistration _outerClosed;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public InnerConnection(ConnectionContext outer, PipeReader input, PipeWriter output)
        : base(outer.ConnectionId)
    {
        _outer = outer;
        _outerClosed = outer.ConnectionClosed.UnsafeRegister(static closed => ((CancellationTokenSource)closed!).Cancel(), _closed);
        Input = new WatchedReader(input, _closed.Cancel);
        Transport = new DuplexPipe(Input, new WatchedWriter(output, _closed.Cancel));
        Application = Transport;
        LocalEndPoint = outer.LocalEndPoint;
        RemoteEndPoint = outer.RemoteEndPoint;
        ConnectionClosed = _closed.Token;
    }

    /// <summary>What the client sends.</summary>
    public WatchedReader Input { get; }

    /// <summary>Completes when the server is done with it.</summary>
    public Task Ended => _ended.Task;

    /// <inheritdoc/>
    public override void Abort(ConnectionAbortedException abortReason) => _outer.Abort(abortReason);

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        _ended.TrySetResult();
        _outerClosed.Dispose();
        return base.DisposeAsync();
    }

    private sealed record DuplexPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
