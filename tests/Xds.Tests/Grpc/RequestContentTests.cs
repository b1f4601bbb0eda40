using Zoneway.Xds.Grpc;

namespace Zoneway.Xds.Tests.Grpc;

public sealed class RequestContentTests : IDisposable
{
    private readonly RequestContent _content = new();

    public void Dispose() => _content.Dispose();

    [Fact]
    public async Task Copy_StreamIsThere_LastsUntilCompleted()
    {
        var stream = new MemoryStream();

        var copying = _content.CopyToAsync(stream);
        Assert.Same(stream, await _content.Stream.WaitAsync(KestrelServer.Limit));
        Assert.False(copying.IsCompleted);
        _content.Complete();

        await copying.WaitAsync(KestrelServer.Limit);
    }

    [Fact]
    public async Task Copy_ServerEndedBeforeTheFirstFlush_WritersAreToldAndNothingIsThrownMeanwhile()
    {
        var copying = _content.CopyToAsync(new BrokenStream());

        var exception = await Assert.ThrowsAsync<RpcException>(() => _content.Stream.WaitAsync(KestrelServer.Limit));
        Assert.Equal(StatusCode.Unavailable, exception.StatusCode);
        Assert.False(copying.IsCompleted);

        _content.Abort(Status.DefaultCancelled);
        await Assert.ThrowsAnyAsync<Exception>(() => copying.WaitAsync(KestrelServer.Limit));
    }

    [Fact]
    public async Task Copy_SecondAttempt_IsRefused()
    {
        _ = _content.CopyToAsync(new MemoryStream());

        var exception = await Assert.ThrowsAsync<RpcException>(() => _content.CopyToAsync(new MemoryStream()).WaitAsync(KestrelServer.Limit));

        Assert.Equal(StatusCode.Unavailable, exception.StatusCode);
    }

    [Fact]
    public async Task Abort_BeforeAConnection_WritersAreTold()
    {
        _content.Abort(new(StatusCode.Unavailable, "refused"));

        Assert.Equal("refused", (await Assert.ThrowsAsync<RpcException>(() => _content.Stream)).Status.Detail);
    }

    [Fact]
    public async Task WriteAsync_OneMessageFails_TheNextFailToo()
    {
        var writer = new MessageWriter(Task.FromResult<Stream>(new BrokenStream()));

        await Assert.ThrowsAsync<IOException>(() => writer.WriteAsync(KestrelServer.Message(1), default));
        await Assert.ThrowsAsync<IOException>(() => writer.WriteAsync(KestrelServer.Message(2), default));
    }

    private sealed class BrokenStream : MemoryStream
    {
        public override Task FlushAsync(CancellationToken cancellationToken) => Task.FromException(new IOException("reset"));
    }
}
