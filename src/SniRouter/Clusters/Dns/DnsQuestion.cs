using System.Buffers.Binary;
using System.Text;

namespace Zoneway.SniRouter.Clusters.Dns;

/// <summary>A question for the addresses of a name (RFC 1035 §4.1.2, RFC 3596 §2).</summary>
/// <param name="Name">The complete name in lower case, without the dot at its end.</param>
/// <param name="Type"><see cref="TypeA"/> or <see cref="TypeAaaa"/>.</param>
internal readonly record struct DnsQuestion(string Name, ushort Type)
{
    /// <summary>Record type of an IPv4 address.</summary>
    public const ushort TypeA = 1;

    /// <summary>Record type of an IPv6 address.</summary>
    public const ushort TypeAaaa = 28;

    /// <summary>Class IN.</summary>
    public const ushort ClassInternet = 1;

    /// <summary>Bytes of the header of every message.</summary>
    public const int HeaderBytes = 12;

    // RFC 1035 §3.1, §2.3.4: a label has at most 63 bytes, a name at most 255 with the length bytes.
    private const int LongestLabel = 63;
    private const int LongestName = 255;

    // Flags: recursion desired, nothing else. Then one question.
    private const ushort RecursionDesired = 0x0100;

    /// <summary>Whether a name can be asked for at all.</summary>
    public static bool IsValidName(string name) =>
        name.Length is > 0 and <= LongestName - 2 && Ascii.IsValid(name) && Array.TrueForAll(name.Split('.'), static label => label.Length is > 0 and <= LongestLabel);

    /// <summary>The message that asks. Layout: id, flags, four counts (2 bytes each); labels, each behind its length, and a zero; type, class.</summary>
    public byte[] ToMessage(ushort id)
    {
        var message = new byte[HeaderBytes + Name.Length + 2 + 4];
        BinaryPrimitives.WriteUInt16BigEndian(message, id);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), RecursionDesired);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(4), 1);
        var at = HeaderBytes;
        foreach (var label in Name.Split('.'))
        {
            message[at] = (byte)label.Length;
            at += 1 + Encoding.ASCII.GetBytes(label, message.AsSpan(at + 1));
        }

        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(at + 1), Type);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(at + 3), ClassInternet);
        return message;
    }
}
