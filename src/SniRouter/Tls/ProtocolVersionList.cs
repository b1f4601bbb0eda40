namespace Zoneway.SniRouter.Tls;

/// <summary>The versions in a client's supported_versions (RFC 8446 §4.2.1), in its order of preference, GREASE included.</summary>
/// <remarks>A view without storage of its own, read as far as it is well formed; empty where the extension is absent.</remarks>
public readonly ref struct ProtocolVersionList
{
    private readonly ReadOnlySpan<byte> _versions;

    // ProtocolVersion (2) entries in a list<1-byte length>.
    internal ProtocolVersionList(ReadOnlySpan<byte> extensionData) => new TlsCursor(extensionData).TryReadVector8(out _versions);

    /// <summary>Whether no version is listed.</summary>
    public bool IsEmpty => Count == 0;

    /// <summary>Number of versions.</summary>
    public int Count => _versions.Length / sizeof(ushort);

    /// <summary>Begins at the first version.</summary>
    public Enumerator GetEnumerator() => new(_versions);

    /// <summary>Walks the versions.</summary>
    public ref struct Enumerator
    {
        private TlsCursor _rest;
        private ushort _current;

        internal Enumerator(ReadOnlySpan<byte> versions) => _rest = new TlsCursor(versions);

        /// <summary>The version at the enumerator's position; 0x0304 is TLS 1.3.</summary>
        public readonly ushort Current => _current;

        /// <summary>Goes to the next version, if there is one.</summary>
        public bool MoveNext() => _rest.TryReadUInt16(out _current);
    }
}
