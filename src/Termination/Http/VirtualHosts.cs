namespace Zoneway.Termination.Http;

/// <summary>Finds the virtual host for a host name, as Envoy does: the whole name, then the longest <c>*.suffix</c>, then the longest <c>prefix.*</c>, then <c>*</c>.</summary>
internal sealed class VirtualHosts<T>
    where T : class
{
    private readonly Dictionary<string, T> _exact = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<(string Suffix, T Host)> _suffixes = [];
    private readonly List<(string Prefix, T Host)> _prefixes = [];
    private T? _any;

    /// <summary>Whether a domain can be served.</summary>
    public static bool IsValid(string domain) => domain == "*" || (domain.Length > 0 && (domain.IndexOf('*') is < 0 || (domain.Count(static c => c == '*') == 1 && (domain[0] == '*' || domain[^1] == '*'))));

    /// <summary>Adds a host; of a domain that is there twice the first counts.</summary>
    public void Add(string domain, T host)
    {
        if (domain == "*")
        {
            _any ??= host;
        }
        else if (domain[0] == '*')
        {
            Insert(_suffixes, domain[1..], host);
        }
        else if (domain[^1] == '*')
        {
            Insert(_prefixes, domain[..^1], host);
        }
        else
        {
            _exact.TryAdd(domain, host);
        }
    }

    /// <summary>The host for a name, with or without a port; null when there is none.</summary>
    public T? Find(string name)
    {
        if (_exact.Count + _suffixes.Count + _prefixes.Count == 0)
        {
            return _any;
        }

        return FindNamed(name) ?? (WithoutPort(name) is { } bare ? FindNamed(bare) : null) ?? _any;
    }

    private T? FindNamed(string name)
    {
        if (_exact.TryGetValue(name, out var host))
        {
            return host;
        }

        foreach (var (suffix, ofSuffix) in _suffixes)
        {
            if (name.Length > suffix.Length && name.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
            {
                return ofSuffix;
            }
        }

        foreach (var (prefix, ofPrefix) in _prefixes)
        {
            if (name.Length > prefix.Length && name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            {
                return ofPrefix;
            }
        }

        return null;
    }

    private static string? WithoutPort(string name) => name.LastIndexOf(':') is > 0 and var colon && !name.EndsWith(']') ? name[..colon] : null;

    private static void Insert(List<(string Part, T Host)> list, string part, T host)
    {
        var at = list.FindIndex(other => other.Part.Length < part.Length);
        list.Insert(at < 0 ? list.Count : at, (part, host));
    }
}
