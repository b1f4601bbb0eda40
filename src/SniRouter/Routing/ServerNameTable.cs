using System.Text;

namespace Zoneway.SniRouter.Routing;

/// <summary>
/// Server names to values: an exact name wins, then <c>*.suffix</c> from the longest to the shortest, then the entry without a name.
/// Built once, then only read. Lookups allocate nothing for names that could be in the table.
/// </summary>
/// <typeparam name="T">What a name stands for.</typeparam>
internal sealed class ServerNameTable<T>
    where T : class
{
    private const int StackBytes = 512;

    private readonly Dictionary<byte[], T> _exact = new(ServerNameComparer.Instance);
    private readonly Dictionary<byte[], T> _suffixes = new(ServerNameComparer.Instance);
    private int _longestExact;
    private int _longestSuffix;

    /// <summary>The entry for connections whose name is in no other, or that have none.</summary>
    public T? CatchAll { get; set; }

    /// <summary>Number of names in the table.</summary>
    public int Count => _exact.Count + _suffixes.Count;

    /// <summary>The entry of a name as configuration spells it, made when it is not there yet. An empty name is the catch-all.</summary>
    public T GetOrAdd(string name, Func<T> create)
    {
        if (name.Length == 0)
        {
            return CatchAll ??= create();
        }

        var isSuffix = name.StartsWith("*.", StringComparison.Ordinal);
        var key = LowerCase(Encoding.UTF8.GetBytes(isSuffix ? name[1..] : name));
        var table = isSuffix ? _suffixes : _exact;
        ref var longest = ref isSuffix ? ref _longestSuffix : ref _longestExact;
        longest = Math.Max(longest, key.Length);
        if (!table.TryGetValue(key, out var value))
        {
            table.Add(key, value = create());
        }

        return value;
    }

    /// <summary>Finds the entry for a server name as it came over the wire, in any case; null when there is none.</summary>
    public T? Find(ReadOnlySpan<byte> serverName)
    {
        // Only so much of the end of a name can matter, however long a peer makes it.
        var relevant = serverName.Length <= _longestExact ? serverName.Length : Math.Min(serverName.Length, _longestSuffix);
        if (relevant == 0)
        {
            return CatchAll;
        }

        Span<byte> name = relevant <= StackBytes ? stackalloc byte[relevant] : new byte[relevant];
        Lower(serverName[^relevant..], name);
        return FindExact(name, serverName.Length) ?? FindSuffix(name, serverName.Length) ?? CatchAll;
    }

    private T? FindExact(ReadOnlySpan<byte> name, int fullLength)
    {
        return name.Length == fullLength && _exact.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out var value) ? value : null;
    }

    private T? FindSuffix(ReadOnlySpan<byte> name, int fullLength)
    {
        if (_suffixes.Count == 0)
        {
            return null;
        }

        var suffixes = _suffixes.GetAlternateLookup<ReadOnlySpan<byte>>();
        // A wildcard stands for at least one byte, so a dot in front of the whole name starts no suffix.
        for (var from = name.Length == fullLength ? 1 : 0; from < name.Length; from++)
        {
            var dot = name[from..].IndexOf((byte)'.');
            if (dot < 0)
            {
                return null;
            }

            from += dot;
            if (suffixes.TryGetValue(name[from..], out var value))
            {
                return value;
            }
        }

        return null;
    }

    private static byte[] LowerCase(byte[] name)
    {
        Lower(name, name);
        return name;
    }

    private static void Lower(ReadOnlySpan<byte> source, Span<byte> target)
    {
        for (var i = 0; i < source.Length; i++)
        {
            var value = source[i];
            target[i] = (uint)(value - 'A') <= 'Z' - 'A' ? (byte)(value | 0x20) : value;
        }
    }
}
