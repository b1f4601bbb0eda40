using System.Text;
using System.Text.Json;
using Envoy.Config.Core.V3;
using Google.Protobuf.WellKnownTypes;
using Zoneway.SniRouter.Clusters;

namespace Zoneway.Xds.Translation;

/// <summary>The part of envoy.config.core.v3.Metadata that load balancing looks at: <c>filter_metadata["envoy.lb"]</c>.</summary>
internal static class MetadataTranslator
{
    private const string LoadBalancing = "envoy.lb";
    private const string TransportSocketMatch = "envoy.transport_socket_match";

    /// <summary>The keys and values for load balancing; none when the message is absent or has no such part.</summary>
    public static EndpointMetadata Translate(Metadata? metadata) =>
        metadata is not null && metadata.FilterMetadata.TryGetValue(LoadBalancing, out var values) ? Translate(values) : EndpointMetadata.Empty;

    /// <summary>The keys and values that ways to speak to an endpoint are chosen by.</summary>
    public static EndpointMetadata TranslateTransportSocketMatch(Metadata? metadata) =>
        metadata is not null && metadata.FilterMetadata.TryGetValue(TransportSocketMatch, out var values) ? Translate(values) : EndpointMetadata.Empty;

    /// <summary>The keys and values of a struct.</summary>
    public static EndpointMetadata Translate(Struct? values) =>
        values is null || values.Fields.Count == 0
            ? EndpointMetadata.Empty
            : new EndpointMetadata(values.Fields.Select(field => KeyValuePair.Create(field.Key, Translate(field.Value))));

    private static MetadataValue Translate(Value value) => value.KindCase switch
    {
        Value.KindOneofCase.StringValue => MetadataValue.Of(value.StringValue),
        Value.KindOneofCase.NumberValue => new(MetadataKind.Number, Json(value)),
        Value.KindOneofCase.BoolValue => new(MetadataKind.Boolean, Json(value)),
        _ => new(MetadataKind.Json, Json(value)),
    };

    // Our own writer, not protobuf's: two structs with the same keys in another order must give the same text. The parser has bounded the nesting.
    private static string Json(Value value)
    {
        var json = new StringBuilder();
        Append(json, value);
        return json.ToString();
    }

    private static void Append(StringBuilder json, Value value)
    {
        switch (value.KindCase)
        {
            case Value.KindOneofCase.StringValue:
                Append(json, value.StringValue);
                break;
            case Value.KindOneofCase.NumberValue:
                json.Append(value.NumberValue);
                break;
            case Value.KindOneofCase.BoolValue:
                json.Append(value.BoolValue ? "true" : "false");
                break;
            case Value.KindOneofCase.StructValue:
                Append(json, value.StructValue);
                break;
            case Value.KindOneofCase.ListValue:
                Append(json, value.ListValue);
                break;
            default:
                json.Append("null");
                break;
        }
    }

    private static void Append(StringBuilder json, string text) => json.Append('"').Append(JsonEncodedText.Encode(text)).Append('"');

    private static void Append(StringBuilder json, Struct values)
    {
        json.Append('{');
        foreach (var (key, value) in values.Fields.OrderBy(field => field.Key, StringComparer.Ordinal))
        {
            Append(json, key);
            json.Append(':');
            Append(json, value);
            json.Append(',');
        }

        CloseWith(json, '}');
    }

    private static void Append(StringBuilder json, ListValue values)
    {
        json.Append('[');
        foreach (var value in values.Values)
        {
            Append(json, value);
            json.Append(',');
        }

        CloseWith(json, ']');
    }

    private static void CloseWith(StringBuilder json, char end)
    {
        if (json[^1] == ',')
        {
            json.Length--;
        }

        json.Append(end);
    }
}
