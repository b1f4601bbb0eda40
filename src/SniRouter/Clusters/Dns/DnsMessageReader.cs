using System.Buffers.Binary;
using System.Text;

namespace Zoneway.SniRouter.Clusters.Dns;

/// <summary>Reads the parts of a DNS message (RFC 1035 §4.1). Nothing that is in it makes a read throw, take long, or leave the message.</summary>
internal ref struct DnsMessageReader(ReadOnlySpan<byte> message)
{
    private const int LongestName = 255;
    private const int PointerMask = 0xC0;

    private readonly ReadOnlySpan<byte> _message = message;
    private int _at;

    public bool TryReadUInt16(out ushort value)
    {
        value = 0;
        if (!TryRead(2, out var bytes))
        {
            return false;
        }

        value = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        return true;
    }

    public bool TryReadUInt32(out uint value)
    {
        value = 0;
        if (!TryRead(4, out var bytes))
        {
            return false;
        }

        value = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        return true;
    }

    public bool TryRead(int count, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (_message.Length - _at < count)
        {
            return false;
        }

        bytes = _message.Slice(_at, count);
        _at += count;
        return true;
    }

    /// <summary>Reads a name, compressed or not (RFC 1035 §4.1.4), in lower case without the dot at its end.</summary>
    /// <returns>False when it leaves the message, is too long, has a pointer that does not point backwards, or bytes that no host name has.</returns>
    public bool TryReadName(out string name)
    {
        name = "";
        var text = new StringBuilder();
        var at = _at;
        var end = -1;
        // Every pointer leads to before the last one, so this ends.
        var before = _at;
        while (at < _message.Length && _message[at] != 0)
        {
            int length = _message[at];
            if ((length & PointerMask) == PointerMask)
            {
                if (at + 1 >= _message.Length || (((length & ~PointerMask) << 8) | _message[at + 1]) is var target && target >= before)
                {
                    return false;
                }

                end = end < 0 ? at + 2 : end;
                at = before = target;
                continue;
            }

            if ((length & PointerMask) != 0 || at + 1 + length > _message.Length || text.Length + length + 2 > LongestName || !TryAppend(text, _message.Slice(at + 1, length)))
            {
                return false;
            }

            at += 1 + length;
        }

        if (at >= _message.Length)
        {
            return false;
        }

        _at = end < 0 ? at + 1 : end;
        name = text.ToString();
        return true;
    }

    private static bool TryAppend(StringBuilder text, ReadOnlySpan<byte> label)
    {
        if (text.Length > 0)
        {
            text.Append('.');
        }

        foreach (var b in label)
        {
            // A dot inside a label would make one name look like another.
            if (b is <= (byte)' ' or >= 0x7F or (byte)'.')
            {
                return false;
            }

            text.Append(char.ToLowerInvariant((char)b));
        }

        return true;
    }
}
