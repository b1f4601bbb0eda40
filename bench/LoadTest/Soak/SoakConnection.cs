using System.Net;
using System.Net.Sockets;
using Zoneway.LoadTest.Load;

namespace Zoneway.LoadTest.Soak;

/// <summary>One connection through the proxy: says hello, checks the greeting, and then sends, receives and ends as it is told. Every byte received is compared.</summary>
internal sealed class SoakConnection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly SoakTally _tally;
    private readonly byte[] _buffer;
    private long _sent;
    private long _received;

    /// <param name="tally">Takes what is wrong.</param>
    /// <param name="buffer">To receive into; used by one connection at a time.</param>
    /// <param name="seed">Where in the pattern its streams begin.</param>
    public SoakConnection(SoakTally tally, byte[] buffer, uint seed) => (_tally, _buffer, Seed) = (tally, buffer, seed);

    public uint Seed { get; }

    public Task ConnectAsync(int port, CancellationToken cancellationToken) => _socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), cancellationToken).AsTask();

    /// <summary>Sends bytes in pieces that end where the random numbers say.</summary>
    public async Task SendInPiecesAsync(ReadOnlyMemory<byte> bytes, int pieces, Random random, CancellationToken cancellationToken)
    {
        for (var left = pieces; bytes.Length > 0; left--)
        {
            var length = left <= 1 ? bytes.Length : random.Next(1, bytes.Length + 1);
            await SendAllAsync(bytes[..length], cancellationToken);
            bytes = bytes[length..];
        }
    }

    /// <summary>Receives the greeting; null when the stream ends before a single byte of it.</summary>
    public async Task<Greeting?> ReceiveGreetingAsync(CancellationToken cancellationToken)
    {
        var length = 0;
        while (length < Greeting.Size)
        {
            var received = await _socket.ReceiveAsync(_buffer.AsMemory(length, Greeting.Size - length), cancellationToken);
            if (received == 0)
            {
                return length == 0 ? null : throw new IOException("the greeting was cut short");
            }

            length += received;
        }

        if (!Greeting.TryRead(_buffer, out var greeting) || !greeting.IsHelloIntact || greeting.Seed != Seed)
        {
            _tally.WrongByte($"greeting {greeting}, seed {Seed}");
        }

        return greeting;
    }

    /// <summary>Sends the next bytes of the pattern.</summary>
    public async Task SendPatternAsync(long count, CancellationToken cancellationToken)
    {
        while (count > 0)
        {
            var length = (int)Math.Min(count, 64 * 1024);
            await SendAllAsync(Pattern(Seed + _sent, length), cancellationToken);
            _sent += length;
            count -= length;
        }
    }

    /// <summary>Receives and compares that many bytes of the pattern, or all up to the end.</summary>
    /// <returns>Bytes received; fewer than asked for only when the stream ended.</returns>
    public async Task<long> ReceivePatternAsync(long count, CancellationToken cancellationToken)
    {
        var total = 0L;
        while (total < count)
        {
            var received = await _socket.ReceiveAsync(_buffer.AsMemory(0, (int)Math.Min(_buffer.Length, count - total)), cancellationToken);
            if (received == 0)
            {
                break;
            }

            if (!BytePattern.Matches(Seed + _received, _buffer.AsSpan(0, received)))
            {
                _tally.WrongByte($"a byte after position {_received} of a stream");
            }

            _tally.Verified(received);
            _received += received;
            total += received;
        }

        return total;
    }

    /// <summary>Tells the other side that nothing more will come.</summary>
    public void FinishSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Ends with a reset.</summary>
    public void Reset() => _socket.Close(timeout: 0);

    public void Dispose() => _socket.Dispose();

    private async Task SendAllAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await _socket.SendAsync(bytes, cancellationToken)..];
        }
    }

    private static unsafe byte[] Pattern(long position, int length) => new ReadOnlySpan<byte>(BytePattern.At(position), length).ToArray();
}
