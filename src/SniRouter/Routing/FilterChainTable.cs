using System.Text;
using Zoneway.SniRouter.Tls;

namespace Zoneway.SniRouter.Routing;

/// <summary>The filter chains of one listener, arranged for matching: server name first, then transport protocol, then ALPN, as Envoy does (FilterChainMatch).</summary>
internal sealed class FilterChainTable
{
    private readonly ServerNameTable<TransportEntry> _byServerName = new();

    public int Count => _byServerName.Count;

    /// <summary>Adds a chain under every name it matches; false, with the name in question, when another chain has the very same match.</summary>
    public bool TryAdd(FilterChain chain, out string conflict)
    {
        var match = chain.Config.Match;
        foreach (var name in match.ServerNames.IsDefaultOrEmpty ? [""] : match.ServerNames)
        {
            var entry = _byServerName.GetOrAdd(name, static () => new TransportEntry());
            if (!entry.TryAdd(match, chain))
            {
                conflict = name.Length == 0 ? "the match without server names" : $"server name '{name}'";
                return false;
            }
        }

        conflict = "";
        return true;
    }

    /// <summary>The chain for a connection that began with a ClientHello.</summary>
    public FilterChain? Find(in ClientHello hello) =>
        _byServerName.Find(hello.ServerName)?.Find(TransportProtocol.Tls, hello.ApplicationProtocols);

    /// <summary>The chain for a connection that began with something else.</summary>
    public FilterChain? FindRawBuffer() => _byServerName.CatchAll?.Find(TransportProtocol.RawBuffer, default);

    private sealed class TransportEntry
    {
        private AlpnEntry _tls;
        private AlpnEntry _rawBuffer;
        private AlpnEntry _any;

        public bool TryAdd(FilterChainMatch match, FilterChain chain) => Of(match.TransportProtocol).TryAdd(match, chain);

        public FilterChain? Find(TransportProtocol transport, ProtocolNameList alpn)
        {
            ref var entry = ref Of(transport);
            return entry.IsEmpty ? _any.Find(alpn) : entry.Find(alpn);
        }

        private ref AlpnEntry Of(TransportProtocol transport)
        {
            switch (transport)
            {
                case TransportProtocol.Tls:
                    return ref _tls;
                case TransportProtocol.RawBuffer:
                    return ref _rawBuffer;
                default:
                    return ref _any;
            }
        }
    }

    // A struct without a list of its own as long as no chain asks for ALPN, which is the rule: there may be many thousand names.
    private struct AlpnEntry
    {
        private List<(byte[] Protocol, FilterChain Chain)>? _byProtocol;
        private FilterChain? _any;

        public readonly bool IsEmpty => _any is null && _byProtocol is null;

        public bool TryAdd(FilterChainMatch match, FilterChain chain)
        {
            if (match.ApplicationProtocols.IsDefaultOrEmpty)
            {
                if (_any is not null)
                {
                    return false;
                }

                _any = chain;
                return true;
            }

            _byProtocol ??= [];
            foreach (var protocol in match.ApplicationProtocols)
            {
                var bytes = Encoding.UTF8.GetBytes(protocol);
                if (_byProtocol.Exists(entry => entry.Protocol.AsSpan().SequenceEqual(bytes)))
                {
                    return false;
                }

                _byProtocol.Add((bytes, chain));
            }

            return true;
        }

        public readonly FilterChain? Find(ProtocolNameList offered)
        {
            if (_byProtocol is not null)
            {
                foreach (var protocol in offered)
                {
                    foreach (var entry in _byProtocol)
                    {
                        if (protocol.SequenceEqual(entry.Protocol))
                        {
                            return entry.Chain;
                        }
                    }
                }
            }

            return _any;
        }
    }
}
