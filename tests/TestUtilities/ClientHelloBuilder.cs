using System.Text;

namespace Zoneway.TestUtilities;

/// <summary>Writes ClientHellos (RFC 8446 §4.1.2) as bytes on the wire. The same calls give the same bytes.</summary>
/// <remarks>Extensions come in the order of the calls. Nothing is checked, so that broken hellos can be built too.</remarks>
public sealed class ClientHelloBuilder
{
    public const int X25519 = 0x001D;
    public const int X25519MLKEM768 = 0x11EC;

    private readonly List<(int Type, byte[] Data)> _extensions = [];
    private readonly List<byte> _keyShares = [];
    private int _legacyVersion = 0x0303;
    private byte[] _sessionId = Filler(32, seed: 2);
    private byte[] _trailingBytes = [];
    private int _recordSize = 1 << 14;
    private bool _hasExtensionBlock = true;

    /// <summary>What today's TLS 1.3 clients send without post-quantum groups: about 330 bytes with padding.</summary>
    public static ClientHelloBuilder Typical(string serverName) =>
        Modern(serverName).WithKeyShare(X25519, 32).WithPadding(64);

    /// <summary>A hello with the hybrid X25519MLKEM768 share of 1216 bytes besides x25519: about 1.8 kB, more than a TCP segment.</summary>
    public static ClientHelloBuilder PostQuantum(string serverName) =>
        Modern(serverName)
            .WithKeyShare(0x4A4A, 1)
            .WithKeyShare(X25519MLKEM768, 1216)
            .WithKeyShare(X25519, 32)
            .WithEch(208);

    public ClientHelloBuilder WithLegacyVersion(int version)
    {
        _legacyVersion = version;
        return this;
    }

    public ClientHelloBuilder WithSessionId(params byte[] sessionId)
    {
        _sessionId = sessionId;
        return this;
    }

    /// <summary>A name as UTF-8; DNS names and Kuma's SNIs are ASCII.</summary>
    public ClientHelloBuilder WithServerName(string name) => WithServerName(Encoding.UTF8.GetBytes(name));

    public ClientHelloBuilder WithServerName(byte[] name) => WithServerNames((0, name));

    /// <summary>A server_name extension with several entries, or with other types than host_name (0).</summary>
    public ClientHelloBuilder WithServerNames(params (byte Type, byte[] Name)[] names) =>
        WithExtension(0x0000, ListOf(names, static entry => [entry.Type, .. TlsWriter.Vector16(entry.Name)]));

    public ClientHelloBuilder WithAlpn(params string[] protocols) =>
        WithExtension(0x0010, ListOf(protocols, static name => TlsWriter.Vector8(Encoding.UTF8.GetBytes(name))));

    public ClientHelloBuilder WithSupportedVersions(params int[] versions) =>
        WithExtension(0x002B, TlsWriter.Vector8([.. versions.SelectMany(TlsWriter.UInt16)]));

    /// <summary>Adds an entry to the key_share extension, which stands where the first of them was added.</summary>
    public ClientHelloBuilder WithKeyShare(int group, int size)
    {
        _keyShares.AddRange([.. TlsWriter.UInt16(group), .. TlsWriter.Vector16(Filler(size, group))]);
        byte[] data = TlsWriter.Vector16([.. _keyShares]);
        int index = _extensions.FindIndex(static extension => extension.Type == 0x0033);
        if (index < 0)
        {
            return WithExtension(0x0033, data);
        }

        _extensions[index] = (0x0033, data);
        return this;
    }

    /// <summary>A padding extension (RFC 7685) with so many zero bytes.</summary>
    public ClientHelloBuilder WithPadding(int bytes) => WithExtension(0x0015, new byte[bytes]);

    /// <summary>An outer encrypted_client_hello extension (RFC 9849 §5) with so many bytes of payload.</summary>
    public ClientHelloBuilder WithEch(int payloadBytes = 144)
    {
        byte[] key = TlsWriter.Vector16(Filler(32, seed: 3));
        byte[] payload = TlsWriter.Vector16(Filler(payloadBytes, seed: 4));
        return WithExtension(0xFE0D, [0x00, 0x00, 0x01, 0x00, 0x01, 0x2A, .. key, .. payload]);
    }

    public ClientHelloBuilder WithExtension(int type, params byte[] data)
    {
        _extensions.Add((type, data));
        return this;
    }

    /// <summary>Leaves out the extension block, even the length of it.</summary>
    public ClientHelloBuilder WithoutExtensionBlock()
    {
        _hasExtensionBlock = false;
        return this;
    }

    /// <summary>Bytes of the message that follow its extensions, where nothing may.</summary>
    public ClientHelloBuilder WithTrailingBytes(params byte[] bytes)
    {
        _trailingBytes = bytes;
        return this;
    }

    /// <summary>Greatest content of a record in bytes; the message is split over as many as it takes.</summary>
    public ClientHelloBuilder WithRecordSize(int bytes)
    {
        _recordSize = bytes;
        return this;
    }

    /// <summary>The hello in its records.</summary>
    public byte[] Build() => TlsRecords.Split(BuildMessage(), _recordSize);

    /// <summary>The handshake message alone, without record headers.</summary>
    public byte[] BuildMessage() => [0x01, .. TlsWriter.Vector24(BuildBody())];

    private byte[] BuildBody() =>
    [
        .. TlsWriter.UInt16(_legacyVersion),
        .. Filler(32, seed: 1),
        .. TlsWriter.Vector8(_sessionId),
        .. TlsWriter.Vector16(0x4A, 0x4A, 0x13, 0x01, 0x13, 0x02, 0x13, 0x03, 0xC0, 0x2B, 0xC0, 0x2F, 0xC0, 0x2C, 0xC0, 0x30),
        .. TlsWriter.Vector8(0x00),
        .. _hasExtensionBlock ? BuildExtensions() : [],
        .. _trailingBytes,
    ];

    private byte[] BuildExtensions() =>
        ListOf(_extensions, static extension => [.. TlsWriter.UInt16(extension.Type), .. TlsWriter.Vector16(extension.Data)]);

    private static byte[] ListOf<T>(IEnumerable<T> items, Func<T, byte[]> write) => TlsWriter.Vector16([.. items.SelectMany(write)]);

    private static ClientHelloBuilder Modern(string serverName) => new ClientHelloBuilder()
        .WithExtension(0x1A1A)
        .WithServerName(serverName)
        .WithExtension(0x0017)
        .WithExtension(0xFF01, 0x00)
        .WithExtension(0x000A, TlsWriter.Vector16(0x4A, 0x4A, 0x11, 0xEC, 0x00, 0x1D, 0x00, 0x17, 0x00, 0x18))
        .WithExtension(0x000B, 0x01, 0x00)
        .WithAlpn("h2", "http/1.1")
        .WithExtension(0x000D, TlsWriter.Vector16(0x04, 0x03, 0x08, 0x04, 0x04, 0x01, 0x05, 0x03, 0x08, 0x05, 0x05, 0x01, 0x08, 0x06))
        .WithExtension(0x002D, 0x01, 0x01)
        .WithSupportedVersions(0x5A5A, 0x0304, 0x0303);

    // Bytes that look random and are the same in every run.
    private static byte[] Filler(int length, int seed)
    {
        byte[] bytes = new byte[length];
        uint state = (uint)seed * 2654435761;
        foreach (ref byte value in bytes.AsSpan())
        {
            state = (state * 1664525) + 1013904223;
            value = (byte)(state >> 24);
        }

        return bytes;
    }
}
