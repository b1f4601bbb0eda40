using System.Buffers;
using System.Buffers.Binary;

namespace Zoneway.SniRouter.Tls;

/// <summary>Reads the ClientHello (RFC 8446 §4.1.2) at the start of a connection without consuming it.</summary>
/// <remarks>
/// <para>
/// Each call gets the whole input from the connection's first byte. No input makes it throw. Answers do not depend on how the
/// input is split over segments, and after any other than <see cref="ClientHelloReadStatus.NeedMore"/> further bytes change nothing.
/// </para>
/// <para>
/// A hello in one record is read where it lies. One that spans records or segments is joined in a buffer rented from the shared pool,
/// never more than the limit, which <see cref="Dispose"/> returns. The value must not be copied: each copy would return the same buffer.
/// </para>
/// </remarks>
public ref struct ClientHelloReader
{
    /// <summary>Limit where none is given, in bytes: several times the largest hellos of today's clients, post-quantum ones included.</summary>
    public const int DefaultMaxBytes = 16 * 1024;

    private const int LeastMaxBytes = RecordScan.RecordHeaderLength + RecordScan.MessageHeaderLength;
    private const int GreatestMaxBytes = 1 << 24;

    private readonly int _maxBytes;
    private byte[]? _rented;
    private ClientHello _hello;

    /// <param name="maxBytes">
    /// Longest ClientHello, in bytes on the wire up to the end of its last record, record headers included;
    /// from 9 (its headers) to 16 MiB (what its length field can say).
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The limit is outside its range.</exception>
    public ClientHelloReader(int maxBytes = DefaultMaxBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBytes, LeastMaxBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxBytes, GreatestMaxBytes);
        _maxBytes = maxBytes;
    }

    /// <summary>
    /// After <see cref="ClientHelloReadStatus.NeedMore"/>: the least total length of input, in bytes, at which another answer is possible;
    /// always more than was given. Otherwise 0.
    /// </summary>
    public int BytesNeeded { get; private set; }

    /// <summary>The hello; meaningful after <see cref="ClientHelloReadStatus.Complete"/> and until the next call of a method.</summary>
    public readonly ClientHello Hello => _hello;

    // `new ClientHelloReader()` is C#'s way to write default(ClientHelloReader): no constructor runs.
    private readonly int MaxBytes => _maxBytes == 0 ? DefaultMaxBytes : _maxBytes;

    /// <summary>Reads what has come so far, in any number of segments.</summary>
    /// <param name="input">All bytes from the connection's first.</param>
    public ClientHelloReadStatus Read(in ReadOnlySequence<byte> input)
    {
        // Nearly always the first segment settles it, and then what follows cannot matter.
        var status = Read(input.FirstSpan);
        if (status != ClientHelloReadStatus.NeedMore || input.Length < BytesNeeded)
        {
            return status;
        }

        int length = (int)Math.Min(input.Length, MaxBytes);
        _rented = ArrayPool<byte>.Shared.Rent(length);
        input.Slice(0, length).CopyTo(_rented);
        return ReadContiguous(_rented.AsSpan(0, length));
    }

    /// <summary>Reads what has come so far, in one buffer.</summary>
    /// <param name="input">All bytes from the connection's first; must stay untouched as long as <see cref="Hello"/> is used.</param>
    public ClientHelloReadStatus Read(ReadOnlySpan<byte> input)
    {
        Dispose();
        return ReadContiguous(input);
    }

    /// <summary>Returns what was rented. <see cref="Hello"/> must not be used any more; the reader may be.</summary>
    public void Dispose()
    {
        _hello = default;
        if (_rented is { } rented)
        {
            _rented = null;
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private ClientHelloReadStatus ReadContiguous(ReadOnlySpan<byte> input)
    {
        var scan = new RecordScan(input, MaxBytes);
        var status = scan.Run();
        BytesNeeded = scan.BytesNeeded;
        if (status != ClientHelloReadStatus.Complete)
        {
            return status;
        }

        var message = scan.IsContiguous ? input.Slice(scan.MessageStart, scan.MessageLength) : Join(input, scan.MessageLength);
        return ClientHelloMessage.TryParse(message[RecordScan.MessageHeaderLength..], scan.WireLength, out _hello)
            ? status
            : ClientHelloReadStatus.Malformed;
    }

    // The input may be the rented buffer itself: contents only move towards the front, and each header is read before it is overwritten.
    private ReadOnlySpan<byte> Join(ReadOnlySpan<byte> input, int messageLength)
    {
        _rented ??= ArrayPool<byte>.Shared.Rent(messageLength);
        var message = _rented.AsSpan(0, messageLength);
        for (var free = message; !free.IsEmpty;)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(input[RecordScan.LengthOffset..]);
            input = input[RecordScan.RecordHeaderLength..];
            int taken = Math.Min(length, free.Length);
            input[..taken].CopyTo(free);
            free = free[taken..];
            input = input[length..];
        }

        return message;
    }
}
