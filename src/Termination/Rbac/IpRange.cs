using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Zoneway.Termination.Rbac;

/// <summary>A range of IP addresses (CidrRange). An IPv4 address is the same in IPv6 clothes, as a socket for both families shows it.</summary>
public sealed record IpRange
{
    private readonly byte[] _prefix;
    private readonly int _length;

    private IpRange(byte[] prefix, int length) => (_prefix, _length) = (prefix, length);

    /// <summary>A range by its address and the bits of it that count; null for what is none. Bits beyond them do not matter, as in Envoy.</summary>
    public static IpRange? TryCreate(string address, uint bits)
    {
        if (!IPAddress.TryParse(address, out var parsed))
        {
            return null;
        }

        var bytes = parsed.GetAddressBytes();
        return bits > bytes.Length * 8 ? null : new IpRange(bytes, (int)bits);
    }

    /// <summary>Whether an address is in the range. Allocates nothing.</summary>
    public bool Contains(IPAddress address)
    {
        Span<byte> buffer = stackalloc byte[16];
        address.TryWriteBytes(buffer, out var written);
        var bytes = address.AddressFamily == AddressFamily.InterNetworkV6 && _prefix.Length == 4 && address.IsIPv4MappedToIPv6 ? buffer[12..] : buffer[..written];
        if (bytes.Length != _prefix.Length)
        {
            return false;
        }

        var whole = _length / 8;
        var rest = _length % 8;
        return bytes[..whole].SequenceEqual(_prefix.AsSpan(0, whole)) && (rest == 0 || (bytes[whole] ^ _prefix[whole]) >> (8 - rest) == 0);
    }

    /// <inheritdoc/>
    public bool Equals(IpRange? other) => other is not null && _length == other._length && _prefix.AsSpan().SequenceEqual(other._prefix);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_length, _prefix[0], _prefix[^1]);

    /// <summary>Such as <c>10.0.0.0/8</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{new IPAddress(_prefix)}/{_length}");
}
