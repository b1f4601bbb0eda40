using System.Collections.Immutable;
using Google.Protobuf.Collections;
using Zoneway.SniRouter.Routing;
using MatchMessage = Envoy.Config.Listener.V3.FilterChainMatch;

namespace Zoneway.Xds.Translation;

/// <summary>envoy.config.listener.v3.FilterChainMatch to <see cref="FilterChainMatch"/>.</summary>
internal static class FilterChainMatchTranslator
{
    /// <summary>
    /// Translates the match. With errors noted the result is what of it was understood, and no place for the chain:
    /// a criterion that is left out would give it connections that are meant for others.
    /// </summary>
    public static FilterChainMatch Translate(MatchMessage? message, Findings findings)
    {
        if (message is null)
        {
            return FilterChainMatch.Any;
        }

        findings.RejectUnsafeFields();
        RejectAddressCriteria(message, findings);
        return new FilterChainMatch
        {
            ServerNames = TranslateServerNames(message.ServerNames, findings),
            TransportProtocol = TranslateTransportProtocol(message.TransportProtocol, findings),
            ApplicationProtocols = [.. message.ApplicationProtocols.Distinct(StringComparer.Ordinal)],
        };
    }

    private static void RejectAddressCriteria(MatchMessage message, Findings findings)
    {
        const string reason = "matching by address or port is not supported";
        findings.RejectIf(message.DestinationPort is not null, "destination_port", reason);
        findings.RejectIf(message.PrefixRanges.Count > 0, "prefix_ranges", reason);
        findings.RejectIf(message.AddressSuffix.Length > 0, "address_suffix", reason);
        findings.RejectIf(message.SuffixLen is not null, "suffix_len", reason);
        findings.RejectIf(message.DirectSourcePrefixRanges.Count > 0, "direct_source_prefix_ranges", reason);
        findings.RejectIf(message.SourceType != MatchMessage.Types.ConnectionSourceType.Any, "source_type", reason);
        findings.RejectIf(message.SourcePrefixRanges.Count > 0, "source_prefix_ranges", reason);
        findings.RejectIf(message.SourcePorts.Count > 0, "source_ports", reason);
    }

    private static ImmutableArray<string> TranslateServerNames(RepeatedField<string> names, Findings findings)
    {
        var result = ImmutableArray.CreateBuilder<string>(names.Count);
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < names.Count; i++)
        {
            if (!IsServerName(names[i]))
            {
                findings.Reject($"server_names[{i}]", "neither a name nor '*.' and a suffix");
            }
            else if (seen.Add(names[i]))
            {
                result.Add(names[i]);
            }
        }

        return result.DrainToImmutable();
    }

    private static bool IsServerName(string name)
    {
        var bare = name.StartsWith("*.", StringComparison.Ordinal) ? name.AsSpan(2) : name;
        return !bare.IsEmpty && !bare.Contains('*');
    }

    private static TransportProtocol TranslateTransportProtocol(string protocol, Findings findings)
    {
        switch (protocol)
        {
            case "":
                return TransportProtocol.Any;
            case "tls":
                return TransportProtocol.Tls;
            case "raw_buffer":
                return TransportProtocol.RawBuffer;
            default:
                findings.Reject("transport_protocol", "only tls and raw_buffer are known");
                return TransportProtocol.Any;
        }
    }
}
