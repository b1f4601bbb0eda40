namespace Zoneway.Egress.Http;

/// <summary>The body of an answer that a fault filter slows down: so many bytes a second, a part every 50 ms (response_rate_limit).</summary>
internal sealed class SlowedBody(Stream inner, long bytesPerSecond, TimeProvider time) : Stream
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);

    private readonly int _perTick = (int)Math.Clamp(bytesPerSecond / 20, 1, int.MaxValue);

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        for (var rest = buffer; !rest.IsEmpty;)
        {
            var part = rest[..Math.Min(rest.Length, _perTick)];
            await inner.WriteAsync(part, cancellationToken);
            await inner.FlushAsync(cancellationToken);
            rest = rest[part.Length..];
            await Task.Delay(Tick, time, cancellationToken);
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override void Flush() => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
