namespace Zoneway.SniRouter.Tls;

/// <summary>What a ClientHello (RFC 8446 §4.1.2) says that a router cares for.</summary>
/// <remarks>Views into the reader's input or into a buffer it rented: valid until the reader is disposed or reads again.</remarks>
public readonly ref struct ClientHello
{
    private readonly ClientHelloExtensions _extensions;

    internal ClientHello(ushort legacyVersion, ClientHelloExtensions extensions, int wireLength)
    {
        LegacyVersion = legacyVersion;
        _extensions = extensions;
        WireLength = wireLength;
    }

    /// <summary>Whether there is a server_name extension with a host_name in it (RFC 6066 §3).</summary>
    public bool HasServerName => !ServerName.IsEmpty;

    /// <summary>The host_name exactly as sent; empty where absent.</summary>
    /// <remarks>
    /// Opaque bytes, any value, upper case and NUL included. RFC 6066 asks for a DNS name; service meshes send others, such as Kuma's
    /// <c>backend{mesh=default,version=v1}</c>.
    /// </remarks>
    public ReadOnlySpan<byte> ServerName => _extensions.ServerName;

    /// <summary>The application protocols offered; empty where ALPN (RFC 7301) is absent.</summary>
    public ProtocolNameList ApplicationProtocols => new(_extensions.ApplicationProtocols);

    /// <summary>The versions offered from TLS 1.3 on.</summary>
    public ProtocolVersionList SupportedVersions => new(_extensions.SupportedVersions);

    /// <summary>The groups for which a key share is sent.</summary>
    public KeyShareGroupList KeyShareGroups => new(_extensions.KeyShare);

    /// <summary>The greatest version offered up to TLS 1.2; 0x0303 from TLS 1.3 on. Not checked.</summary>
    public ushort LegacyVersion { get; }

    /// <summary>Whether there is an encrypted_client_hello extension (RFC 9849). The server name is then that of the outer hello.</summary>
    /// <remarks>Clients send a meaningless one as GREASE too; the two cannot be told apart.</remarks>
    public bool OffersEncryptedClientHello => _extensions.OffersEncryptedClientHello;

    /// <summary>Bytes on the wire up to the end of the record in which the hello ends, record headers included.</summary>
    public int WireLength { get; }
}
