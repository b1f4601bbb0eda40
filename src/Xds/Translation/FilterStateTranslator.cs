using Envoy.Config.Core.V3;
using Envoy.Extensions.Filters.Common.SetFilterState.V3;
using Google.Protobuf.Collections;
using Zoneway.Termination;
using SetFilterState = Envoy.Extensions.Filters.Network.SetFilterState.V3.Config;

namespace Zoneway.Xds.Translation;

/// <summary>envoy.extensions.filters.network.set_filter_state.v3.Config to <see cref="FilterStateConfig"/>, as far as Kuma's own rules need it (protocol §8, MeshTimeout and MeshRateLimit).</summary>
internal static class FilterStateTranslator
{
    /// <summary>Translates the filter. Keys that are not Kuma's could tell other filters where to connect to, and are errors.</summary>
    public static IEnumerable<FilterStateConfig> Translate(SetFilterState message, Findings findings)
    {
        var values = new List<FilterStateConfig>();
        Add(message.OnNewConnection, findings, "on_new_connection", values);
        Add(message.OnDownstreamTlsHandshake, findings, "on_downstream_tls_handshake", values);
        return values;
    }

    private static void Add(RepeatedField<FilterStateValue> messages, Findings findings, string field, List<FilterStateConfig> values)
    {
        for (var i = 0; i < messages.Count; i++)
        {
            var scope = findings.At(field, i);
            scope.RejectIf(!messages[i].ObjectKey.StartsWith("kuma.", StringComparison.Ordinal), "object_key", "only keys of Kuma are known");
            var source = SourceOf(messages[i].FormatString);
            scope.RejectIf(source is null, "format_string", "only the server name and the URI names of the client's certificate can be noted");
            if (source is { } known)
            {
                scope.Enforce("", $"notes {known} as {messages[i].ObjectKey}");
                values.Add(new FilterStateConfig(messages[i].ObjectKey, known));
            }
        }
    }

    private static FilterStateSource? SourceOf(SubstitutionFormatString? format) => (format?.TextFormatSource?.InlineString is { Length: > 0 } text ? text : format?.TextFormat) switch
    {
        "%REQUESTED_SERVER_NAME%" => FilterStateSource.RequestedServerName,
        "%DOWNSTREAM_PEER_URI_SAN%" => FilterStateSource.DownstreamPeerUriSan,
        _ => null,
    };
}
