namespace Zoneway.SniRouter.Tls;

/// <summary>The server_name extension, RFC 6066 §3: a list&lt;2-byte length&gt; of name_type (1), name&lt;2-byte length&gt;.</summary>
internal static class ServerNameExtension
{
    private const byte HostNameType = 0x00;

    /// <param name="data">The contents of the extension.</param>
    /// <param name="hostName">Empty where the list has names of other types only.</param>
    /// <returns>False where the extension is malformed.</returns>
    /// <remarks>
    /// The RFC asks for at least one name, for at least one byte in a host_name and for at most one name of a type; an empty or a
    /// second host_name would leave it to taste where a connection goes, and no known client sends one. Other types are passed over:
    /// they must begin with a 2-byte length so that this is possible. Which bytes make a host name is not judged, see
    /// <see cref="ClientHello.ServerName"/>.
    /// </remarks>
    public static bool TryRead(ReadOnlySpan<byte> data, out ReadOnlySpan<byte> hostName)
    {
        hostName = default;
        var extension = new TlsCursor(data);
        if (!extension.TryReadVector16(out var list) || !extension.AtEnd || list.IsEmpty)
        {
            return false;
        }

        var names = new TlsCursor(list);
        while (!names.AtEnd)
        {
            if (!names.TryReadByte(out byte type) || !names.TryReadVector16(out var name))
            {
                return false;
            }

            if (type != HostNameType)
            {
                continue;
            }

            if (name.IsEmpty || !hostName.IsEmpty)
            {
                return false;
            }

            hostName = name;
        }

        return true;
    }
}
