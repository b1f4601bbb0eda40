namespace Zoneway.SniRouter.Engine;

/// <summary>The first bytes of a connection as long as they cannot be passed on: nothing for most connections, a rented buffer that grows with what comes for the rest.</summary>
internal struct HelloBuffer
{
    private byte[]? _bytes;

    /// <summary>Bytes kept.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes kept.</summary>
    public readonly ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    /// <summary>Keeps more bytes, behind those kept before.</summary>
    public void Append(ReadOnlySpan<byte> bytes, HelloBuffers buffers)
    {
        if (_bytes is null || _bytes.Length < Length + bytes.Length)
        {
            var larger = buffers.Rent(Length + bytes.Length);
            Span.CopyTo(larger);
            Return(buffers);
            _bytes = larger;
        }

        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    /// <summary>Gives the bytes back.</summary>
    public void Clear(HelloBuffers buffers)
    {
        Return(buffers);
        Length = 0;
    }

    private void Return(HelloBuffers buffers)
    {
        if (_bytes is not null)
        {
            buffers.Return(_bytes);
            _bytes = null;
        }
    }
}
