namespace Zoneway.Egress.Http;

/// <summary>The body of an answer that a fault filter slows down: so many bytes a second, a part every 50 ms (response_rate_limit).</summary>
internal sealed class SlowedBody(Stream inner, long bytesPerSecond, TimeProvider time) : BodyStream(inner)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);

    private readonly int _perTick = (int)Math.Clamp(bytesPerSecond / 20, 1, int.MaxValue);

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        for (var rest = buffer; !rest.IsEmpty;)
        {
            var part = rest[..Math.Min(rest.Length, _perTick)];
            await Inner.WriteAsync(part, cancellationToken);
            await Inner.FlushAsync(cancellationToken);
            rest = rest[part.Length..];
            await Task.Delay(Tick, time, cancellationToken);
        }
    }
}
