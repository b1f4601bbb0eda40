using System.Buffers.Binary;

namespace Zoneway.SniRouter.Tls;

/// <summary>Reads TLS's fixed and length-prefixed fields (RFC 8446 §3) front to back, never past the end.</summary>
/// <remarks>After a read has failed the position is undefined: the message is malformed and nothing more is read from it.</remarks>
internal ref struct TlsCursor(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool AtEnd => _rest.IsEmpty;

    public bool TryTake(int length, out ReadOnlySpan<byte> taken)
    {
        if (length > _rest.Length)
        {
            taken = default;
            return false;
        }

        taken = _rest[..length];
        _rest = _rest[length..];
        return true;
    }

    public bool TryReadByte(out byte value)
    {
        bool read = TryTake(sizeof(byte), out var taken);
        value = read ? taken[0] : default;
        return read;
    }

    public bool TryReadUInt16(out ushort value)
    {
        bool read = TryTake(sizeof(ushort), out var taken);
        value = read ? BinaryPrimitives.ReadUInt16BigEndian(taken) : default;
        return read;
    }

    /// <summary>Reads a vector with a length prefix of one byte.</summary>
    public bool TryReadVector8(out ReadOnlySpan<byte> vector)
    {
        vector = default;
        return TryReadByte(out byte length) && TryTake(length, out vector);
    }

    /// <summary>Reads a vector with a length prefix of two bytes.</summary>
    public bool TryReadVector16(out ReadOnlySpan<byte> vector)
    {
        vector = default;
        return TryReadUInt16(out ushort length) && TryTake(length, out vector);
    }
}
