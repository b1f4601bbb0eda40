using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Zoneway.LoadTest.Load;

/// <summary>What a back end does with a connection once it has greeted.</summary>
internal enum StreamKind : byte
{
    /// <summary>Nothing; it waits for the end.</summary>
    GreetOnly = 1,

    /// <summary>Sends back what comes.</summary>
    Echo,

    /// <summary>Takes in what comes.</summary>
    Sink,

    /// <summary>Sends without end.</summary>
    Source,
}

/// <summary>
/// What a client asks of the back end. It stands in the 32 bytes of the hello's legacy session ID (RFC 8446 §4.1.2), so that the ClientHello is all
/// that a client sends before the answer, as in real TLS. Layout: magic 4, kind 1, zero 3, seed 4, checksum of the hello 4, zero 16.
/// </summary>
/// <param name="Kind">What to do.</param>
/// <param name="Seed">Where in the <see cref="BytePattern"/> the streams of this connection begin.</param>
internal readonly record struct StreamOrder(StreamKind Kind, uint Seed)
{
    // Record header 5, handshake header 4, legacy_version 2, random 32, length of the session ID 1.
    private const int SessionIdOffset = 44;
    private const int KindOffset = SessionIdOffset + 4;
    private const int SeedOffset = SessionIdOffset + 8;
    private const int ChecksumOffset = SessionIdOffset + 12;
    private const int LeastHelloBytes = SessionIdOffset + 32;
    private const uint Magic = 0x5A4C_5431;

    /// <summary>Writes the order into a hello with a session ID of 32 bytes.</summary>
    public void WriteTo(Span<byte> hello)
    {
        BinaryPrimitives.WriteUInt32BigEndian(hello[SessionIdOffset..], Magic);
        hello[KindOffset] = (byte)Kind;
        BinaryPrimitives.WriteUInt32BigEndian(hello[SeedOffset..], Seed);
        BinaryPrimitives.WriteUInt32BigEndian(hello[ChecksumOffset..], Checksum(hello));
    }

    /// <summary>Reads the order from a hello; false when it carries none.</summary>
    /// <param name="hello">The hello's record.</param>
    /// <param name="order">What it asks for.</param>
    /// <param name="isIntact">Whether every byte of it arrived as it was sent.</param>
    public static bool TryRead(ReadOnlySpan<byte> hello, out StreamOrder order, out bool isIntact)
    {
        if (hello.Length < LeastHelloBytes || BinaryPrimitives.ReadUInt32BigEndian(hello[SessionIdOffset..]) != Magic)
        {
            (order, isIntact) = (default, false);
            return false;
        }

        order = new StreamOrder((StreamKind)hello[KindOffset], BinaryPrimitives.ReadUInt32BigEndian(hello[SeedOffset..]));
        isIntact = BinaryPrimitives.ReadUInt32BigEndian(hello[ChecksumOffset..]) == Checksum(hello);
        return true;
    }

    private static uint Checksum(ReadOnlySpan<byte> hello) => Crc32C(Crc32C(0, hello[..ChecksumOffset]), hello[(ChecksumOffset + 4)..]);

    private static uint Crc32C(uint checksum, ReadOnlySpan<byte> bytes)
    {
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(bytes))
        {
            checksum = BitOperations.Crc32C(checksum, word);
        }

        foreach (var value in bytes[(bytes.Length & ~7)..])
        {
            checksum = BitOperations.Crc32C(checksum, value);
        }

        return checksum;
    }
}
