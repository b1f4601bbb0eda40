namespace Zoneway.Egress.Http;

/// <summary>Counts the bytes that pass: those of an answer whose length nobody said, or those after an upgrade. Ends with the stream around which it is.</summary>
internal sealed class CountedStream(Stream inner, ByteCount count) : BodyStream(inner)
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await Inner.ReadAsync(buffer, cancellationToken);
        count.Read += read;
        return read;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        count.Written += buffer.Length;
        return Inner.WriteAsync(buffer, cancellationToken);
    }

    public override async ValueTask DisposeAsync()
    {
        await Inner.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Inner.Dispose();
        }

        base.Dispose(disposing);
    }
}

/// <summary>Bytes that have passed: each direction has one writer, and who reads does so when they are over.</summary>
internal sealed class ByteCount
{
    /// <summary>Bytes read.</summary>
    public long Read { get; set; }

    /// <summary>Bytes written.</summary>
    public long Written { get; set; }
}
