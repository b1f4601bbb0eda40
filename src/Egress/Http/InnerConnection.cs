using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Zoneway.Egress.Http;

/// <summary>What is inside the TLS of a connection, as a connection of its own. Its end leaves the outer one to whoever owns that.</summary>
internal sealed class InnerConnection : DefaultConnectionContext
{
    private readonly ConnectionContext _outer;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public InnerConnection(ConnectionContext outer, IDuplexPipe inside)
        : base(outer.ConnectionId, inside, inside)
    {
        _outer = outer;
        LocalEndPoint = outer.LocalEndPoint;
        RemoteEndPoint = outer.RemoteEndPoint;
        ConnectionClosed = outer.ConnectionClosed;
    }

    /// <summary>Completes when the server is done with it.</summary>
    public Task Ended => _ended.Task;

    /// <inheritdoc/>
    public override void Abort(ConnectionAbortedException abortReason) => _outer.Abort(abortReason);

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        _ended.TrySetResult();
        return base.DisposeAsync();
    }
}
