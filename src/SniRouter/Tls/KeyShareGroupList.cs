namespace Zoneway.SniRouter.Tls;

/// <summary>The groups for which a client sends a key share (RFC 8446 §4.2.8), in its order of preference, GREASE included.</summary>
/// <remarks>A view without storage of its own, read as far as it is well formed; empty where the extension is absent.</remarks>
public readonly ref struct KeyShareGroupList
{
    private readonly ReadOnlySpan<byte> _entries;

    // KeyShareEntry in a list<2-byte length>.
    internal KeyShareGroupList(ReadOnlySpan<byte> extensionData) => new TlsCursor(extensionData).TryReadVector16(out _entries);

    /// <summary>Whether there is no key share.</summary>
    public bool IsEmpty => !GetEnumerator().MoveNext();

    /// <summary>Number of key shares; counted at each call.</summary>
    public int Count
    {
        get
        {
            int count = 0;
            foreach (ushort _ in this)
            {
                count++;
            }

            return count;
        }
    }

    /// <summary>Begins at the first key share.</summary>
    public Enumerator GetEnumerator() => new(_entries);

    /// <summary>Walks the key shares.</summary>
    public ref struct Enumerator
    {
        private TlsCursor _rest;
        private ushort _current;

        internal Enumerator(ReadOnlySpan<byte> entries) => _rest = new TlsCursor(entries);

        /// <summary>The NamedGroup at the enumerator's position; 0x001D is x25519, 0x11EC X25519MLKEM768.</summary>
        public readonly ushort Current => _current;

        /// <summary>Goes to the next key share, if there is a whole one: group (2), key_exchange&lt;2-byte length&gt;.</summary>
        public bool MoveNext() => _rest.TryReadUInt16(out _current) && _rest.TryReadVector16(out _);
    }
}
