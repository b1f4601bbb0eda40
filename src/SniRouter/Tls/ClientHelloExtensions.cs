namespace Zoneway.SniRouter.Tls;

/// <summary>The extensions of a ClientHello (RFC 8446 §4.2) that matter to a router; the others are skipped.</summary>
/// <remarks>
/// What a router routes by, server name and ALPN, is checked to the last byte, lest it and the endpoint read two different things out of
/// one hello. Versions and key shares only inform, and real stacks leave them unread below TLS 1.3: their contents are not judged.
/// </remarks>
internal ref struct ClientHelloExtensions
{
    private const ushort ServerNameType = 0x0000;
    private const ushort ApplicationProtocolsType = 0x0010;
    private const ushort SupportedVersionsType = 0x002B;
    private const ushort KeyShareType = 0x0033;
    private const ushort EncryptedClientHelloType = 0xFE0D;

    private ReadOnlySpan<byte> _serverName;
    private ReadOnlySpan<byte> _applicationProtocols;
    private Known _seen;

    [Flags]
    private enum Known
    {
        None = 0,
        ServerName = 1,
        ApplicationProtocols = 2,
        SupportedVersions = 4,
        KeyShare = 8,
        EncryptedClientHello = 16,
    }

    /// <summary>The host_name as sent; empty where there is none.</summary>
    public readonly ReadOnlySpan<byte> ServerName => _serverName;

    /// <summary>The ProtocolName entries, known to be well framed.</summary>
    public readonly ReadOnlySpan<byte> ApplicationProtocols => _applicationProtocols;

    /// <summary>The contents of supported_versions.</summary>
    public ReadOnlySpan<byte> SupportedVersions { get; private set; }

    /// <summary>The contents of key_share.</summary>
    public ReadOnlySpan<byte> KeyShare { get; private set; }

    public readonly bool OffersEncryptedClientHello => (_seen & Known.EncryptedClientHello) != Known.None;

    /// <summary>Reads the extension block: extension_type (2), extension_data&lt;2-byte length&gt;, to its end.</summary>
    public bool TryRead(ReadOnlySpan<byte> block)
    {
        var cursor = new TlsCursor(block);
        while (!cursor.AtEnd)
        {
            if (!cursor.TryReadUInt16(out ushort type) || !cursor.TryReadVector16(out var data) || !TryAdd(type, data))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryAdd(ushort type, ReadOnlySpan<byte> data)
    {
        switch (type)
        {
            case ServerNameType:
                return IsFirst(Known.ServerName) && ServerNameExtension.TryRead(data, out _serverName);
            case ApplicationProtocolsType:
                return IsFirst(Known.ApplicationProtocols) && ProtocolNameList.TryRead(data, out _applicationProtocols);
            case SupportedVersionsType:
                SupportedVersions = data;
                return IsFirst(Known.SupportedVersions);
            case KeyShareType:
                KeyShare = data;
                return IsFirst(Known.KeyShare);
            case EncryptedClientHelloType:
                return IsFirst(Known.EncryptedClientHello);
            default:
                return true;
        }
    }

    // No type of extension may come twice (RFC 8446 §4.2); which of two would count is not ours to guess.
    private bool IsFirst(Known extension)
    {
        bool first = (_seen & extension) == Known.None;
        _seen |= extension;
        return first;
    }
}
