using System.Buffers.Binary;

namespace Zoneway.LoadTest.Load;

/// <summary>
/// The first bytes of a back end. They prove to which one a connection was routed, and that it saw the hello unchanged. Layout: magic 4, back end 2, intact 1,
/// zero 1, seed 4, zero 4.
/// </summary>
/// <param name="Backend">Number of the back end.</param>
/// <param name="IsHelloIntact">Whether every byte of the hello arrived as it was sent.</param>
/// <param name="Seed">The seed of the hello's <see cref="StreamOrder"/>.</param>
internal readonly record struct Greeting(int Backend, bool IsHelloIntact, uint Seed)
{
    /// <summary>Bytes of a greeting.</summary>
    public const int Size = 16;

    private const uint Magic = 0x5A4C_4731;

    public void WriteTo(Span<byte> bytes)
    {
        bytes[..Size].Clear();
        BinaryPrimitives.WriteUInt32BigEndian(bytes, Magic);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[4..], (ushort)Backend);
        bytes[6] = IsHelloIntact ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt32BigEndian(bytes[8..], Seed);
    }

    /// <summary>Reads a greeting of <see cref="Size"/> bytes; false when it is none.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Greeting greeting)
    {
        greeting = new Greeting(BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]), bytes[6] == 1, BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]));
        return BinaryPrimitives.ReadUInt32BigEndian(bytes) == Magic;
    }
}
