namespace Zoneway.SniRouter.Tls;

/// <summary>The application protocols that a client offers by ALPN (RFC 7301 §3.1), in its order of preference.</summary>
/// <remarks>A view without storage of its own: <c>foreach</c> gives each name's bytes and allocates nothing.</remarks>
public readonly ref struct ProtocolNameList
{
    private readonly ReadOnlySpan<byte> _entries;

    internal ProtocolNameList(ReadOnlySpan<byte> entries) => _entries = entries;

    /// <summary>Whether nothing is offered.</summary>
    public bool IsEmpty => _entries.IsEmpty;

    /// <summary>Number of names; counted at each call.</summary>
    public int Count
    {
        get
        {
            int count = 0;
            foreach (var _ in this)
            {
                count++;
            }

            return count;
        }
    }

    /// <summary>Begins at the first name.</summary>
    public Enumerator GetEnumerator() => new(_entries);

    /// <summary>Reads the extension: ProtocolName&lt;1-byte length&gt; entries in a list&lt;2-byte length&gt;.</summary>
    /// <returns>False where the lengths do not fit; empty names, against the RFC but sent, do no harm here.</returns>
    internal static bool TryRead(ReadOnlySpan<byte> data, out ReadOnlySpan<byte> entries)
    {
        var extension = new TlsCursor(data);
        if (!extension.TryReadVector16(out entries) || !extension.AtEnd)
        {
            return false;
        }

        var names = new TlsCursor(entries);
        while (!names.AtEnd)
        {
            if (!names.TryReadVector8(out _))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Walks the names.</summary>
    public ref struct Enumerator
    {
        private TlsCursor _rest;
        private ReadOnlySpan<byte> _current;

        internal Enumerator(ReadOnlySpan<byte> entries) => _rest = new TlsCursor(entries);

        /// <summary>The name at the enumerator's position, as sent.</summary>
        public readonly ReadOnlySpan<byte> Current => _current;

        /// <summary>Goes to the next name, if there is one.</summary>
        public bool MoveNext() => _rest.TryReadVector8(out _current);
    }
}
