using System.Security.Cryptography;

namespace Zoneway.TestUtilities;

/// <summary>One side of a transfer of many megabytes that nobody wants to keep: the bytes are made as they go and compared by their SHA-256.</summary>
/// <param name="length">Bytes to transfer.</param>
public sealed class BulkTransfer(long length)
{
    private const int ChunkBytes = 64 * 1024;

    private long _done;

    /// <summary>Bytes sent or received so far.</summary>
    public long Done => Volatile.Read(ref _done);

    /// <summary>Sends pseudo-random bytes.</summary>
    /// <returns>Their hash.</returns>
    public async Task<byte[]> SendAsync(TcpPeer peer, int seed = 1)
    {
        var random = new Random(seed);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] chunk = new byte[ChunkBytes];
        while (Done < length)
        {
            var part = chunk.AsMemory(0, (int)Math.Min(ChunkBytes, length - Done));
            random.NextBytes(part.Span);
            hash.AppendData(part.Span);
            await SendAllAsync(peer, part);
        }

        return hash.GetHashAndReset();
    }

    /// <summary>Receives the bytes.</summary>
    /// <returns>Their hash.</returns>
    /// <exception cref="EndOfStreamException">There were fewer.</exception>
    public async Task<byte[]> ReceiveAsync(TcpPeer peer)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] chunk = new byte[ChunkBytes];
        while (Done < length)
        {
            int count = await peer.Socket.ReceiveAsync(chunk.AsMemory(0, (int)Math.Min(ChunkBytes, length - Done))).WithinLimit();
            if (count == 0)
            {
                throw new EndOfStreamException($"{length - Done} of {length} bytes are missing.");
            }

            hash.AppendData(chunk, 0, count);
            Interlocked.Add(ref _done, count);
        }

        return hash.GetHashAndReset();
    }

    /// <summary>Waits until nothing has moved for a while: the other side takes no more, or all is done.</summary>
    public async Task StalledAsync()
    {
        long before = -1;
        while (before != Done)
        {
            before = Done;
            // That nothing moves has no signal.
            await Task.Delay(TimeSpan.FromMilliseconds(250));
        }
    }

    private async Task SendAllAsync(TcpPeer peer, ReadOnlyMemory<byte> part)
    {
        while (part.Length > 0)
        {
            // Without a limit: a slow reader may make this wait as long as the test likes.
            int count = await peer.Socket.SendAsync(part);
            Interlocked.Add(ref _done, count);
            part = part[count..];
        }
    }
}
