using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Zoneway.Xds.Protocol;
using Zoneway.Xds.Resources;

namespace Zoneway.Xds.Admin;

/// <summary>A received resource as proto3 JSON, with its secrets blanked.</summary>
/// <remarks>
/// Fields that our subset of the API does not declare are not shown. A packed message of a type that we do not know is shown by its type alone: whoever sent it knows
/// the type, and can read the dump.
/// </remarks>
internal static class ResourceJson
{
    // What Envoy shows in place of a secret; inline_bytes is base64.
    private const string Redacted = "[redacted]";
    private const string RedactedBytes = "W3JlZGFjdGVkXQ==";
    private const string OpaqueKey = "zoneway.opaque";

    private static readonly JsonFormatter Formatter = new(new JsonFormatter.Settings(formatDefaultValues: false, XdsTypeRegistry.Instance).WithPreserveProtoFieldNames(true));
    private static readonly string StructUrl = TypeUrls.Prefix + Struct.Descriptor.FullName;
    private static readonly HashSet<string> SecretFields = new(StringComparer.Ordinal) { "private_key", "password", "pkcs12", "session_ticket_keys", "generic_secret" };

    /// <summary>The JSON of a resource, with its type as <c>@type</c>; of one that cannot be parsed only that.</summary>
    public static JsonObject Of(XdsResource resource)
    {
        var descriptor = XdsTypeRegistry.Instance.Find(Any.GetTypeName(resource.TypeUrl));
        if (descriptor is null || TryParse(descriptor, resource.Value) is not { } message)
        {
            return new JsonObject { ["@type"] = resource.TypeUrl };
        }

        HideUnknown(message);
        var json = (JsonObject)JsonNode.Parse(Formatter.Format(message))!;
        Finish(json);
        json.Insert(0, "@type", resource.TypeUrl);
        return json;
    }

    private static IMessage? TryParse(MessageDescriptor descriptor, ByteString bytes)
    {
        try
        {
            return descriptor.Parser.ParseFrom(bytes);
        }
        catch (Exception exception) when (exception is InvalidProtocolBufferException or InvalidOperationException)
        {
            return null;
        }
    }

    // The formatter fails on packed messages that it does not know, so they are wrapped for it and unwrapped in its text.
    private static void HideUnknown(IMessage message)
    {
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder().Where(field => field.FieldType == FieldType.Message))
        {
            var value = field.Accessor.GetValue(message);
            switch (value)
            {
                case System.Collections.IDictionary map:
                    foreach (var entry in map.Values.OfType<IMessage>())
                    {
                        Hide(entry);
                    }

                    break;
                case System.Collections.IList items:
                    foreach (var item in items.OfType<IMessage>())
                    {
                        Hide(item);
                    }

                    break;
                case IMessage inner:
                    Hide(inner);
                    break;
                default:
                    break;
            }
        }
    }

    private static void Hide(IMessage message)
    {
        if (message is not Any any)
        {
            HideUnknown(message);
            return;
        }

        var descriptor = XdsTypeRegistry.Instance.Find(Any.GetTypeName(any.TypeUrl));
        if (descriptor is not null && TryParse(descriptor, any.Value) is { } inner)
        {
            HideUnknown(inner);
            any.Value = inner.ToByteString();
            return;
        }

        var wrapped = Any.Pack(new Struct { Fields = { [OpaqueKey] = Value.ForString(any.TypeUrl) } });
        (any.TypeUrl, any.Value) = (wrapped.TypeUrl, wrapped.Value);
    }

    private static void Finish(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject fields:
                if (fields["@type"]?.GetValue<string>() == StructUrl && fields["value"] is JsonObject opaque && opaque[OpaqueKey] is { } typeUrl)
                {
                    fields["@type"] = typeUrl.GetValue<string>();
                    fields.Remove("value");
                    return;
                }

                foreach (var (name, value) in fields.ToList())
                {
                    if (SecretFields.Contains(name))
                    {
                        fields[name] = value is JsonObject source && source.ContainsKey("inline_string")
                            ? new JsonObject { ["inline_string"] = Redacted }
                            : new JsonObject { ["inline_bytes"] = RedactedBytes };
                    }
                    else if (name == "initial_metadata")
                    {
                        Blank(value as JsonArray);
                    }
                    else
                    {
                        Finish(value);
                    }
                }

                break;
            case JsonArray items:
                foreach (var item in items)
                {
                    Finish(item);
                }

                break;
            default:
                break;
        }
    }

    private static void Blank(JsonArray? headers)
    {
        foreach (var header in headers?.OfType<JsonObject>() ?? [])
        {
            header["value"] = Redacted;
        }
    }
}
