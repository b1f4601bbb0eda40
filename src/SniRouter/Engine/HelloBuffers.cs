using System.Buffers;

namespace Zoneway.SniRouter.Engine;

/// <summary>The buffers in which one loop's connections keep a hello until their endpoint has answered. Most hellos fit the small ones, which the loop keeps for the next connection.</summary>
internal sealed class HelloBuffers
{
    /// <summary>Bytes of a small buffer: enough for a post-quantum hello.</summary>
    public const int SmallBytes = 2048;

    private const int MaxIdle = 512;

    private readonly Stack<byte[]> _idle = new();

    /// <summary>A buffer of at least so many bytes.</summary>
    public byte[] Rent(int length) =>
        length > SmallBytes ? ArrayPool<byte>.Shared.Rent(length) : _idle.TryPop(out var buffer) ? buffer : new byte[SmallBytes];

    /// <summary>Takes a buffer back.</summary>
    public void Return(byte[] buffer)
    {
        if (buffer.Length > SmallBytes)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        else if (_idle.Count < MaxIdle)
        {
            _idle.Push(buffer);
        }
    }
}
