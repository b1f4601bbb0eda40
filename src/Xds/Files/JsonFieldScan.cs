using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text.Json.Nodes;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Zoneway.Xds.Protocol;
using Zoneway.Xds.Translation;

namespace Zoneway.Xds.Files;

/// <summary>
/// Finds what protobuf's JSON parser would pass over in silence or stumble upon: fields that are not declared, and messages of unknown types inside. The latter are taken
/// out of the JSON, so that a filter of an unknown type becomes one without configuration, which quarantines its chain and no more.
/// </summary>
/// <param name="resource">Name of the resource.</param>
/// <param name="entry">Where it is.</param>
internal sealed class JsonFieldScan(string resource, EnvoyEntry entry)
{
    private static readonly ConcurrentDictionary<MessageDescriptor, FrozenDictionary<string, FieldDescriptor>> Fields = new();

    /// <summary>The fields without effect.</summary>
    public List<IgnoredField> Ignored { get; } = [];

    /// <summary>Fields that are not declared and must not be overlooked.</summary>
    public List<FileProblem> Problems { get; } = [];

    /// <summary>Scans the JSON form of a message. Nesting was bounded when the text was read.</summary>
    public void Scan(JsonObject message, MessageDescriptor descriptor) => Scan(message, descriptor, "");

    private void Scan(JsonObject message, MessageDescriptor descriptor, string path)
    {
        foreach (var (name, value) in message.ToList())
        {
            var shown = IsFieldName(name) ? name : "?";
            var fieldPath = path.Length == 0 ? shown : $"{path}.{shown}";
            if (FieldsOf(descriptor).TryGetValue(name, out var field))
            {
                ScanField(message, name, value, field, fieldPath);
            }
            else if (name != "@type")
            {
                Report(descriptor, name, fieldPath);
            }
        }
    }

    private void ScanField(JsonObject parent, string name, JsonNode? value, FieldDescriptor field, string path)
    {
        if (field.FieldType != FieldType.Message)
        {
            return;
        }

        if (field.IsMap)
        {
            ScanMap(value as JsonObject, field.MessageType.FindFieldByNumber(2), path);
        }
        else if (value is JsonArray items)
        {
            for (var i = items.Count - 1; i >= 0; i--)
            {
                if (items[i] is JsonObject item && !ScanMessage(item, field.MessageType, $"{path}[{i}]"))
                {
                    items.RemoveAt(i);
                }
            }
        }
        else if (value is JsonObject message && !ScanMessage(message, field.MessageType, path))
        {
            parent.Remove(name);
        }
    }

    private void ScanMap(JsonObject? map, FieldDescriptor values, string path)
    {
        if (map is null || values.FieldType != FieldType.Message)
        {
            return;
        }

        foreach (var (key, value) in map.ToList())
        {
            if (value is JsonObject message && !ScanMessage(message, values.MessageType, $"{path}[{key}]"))
            {
                map.Remove(key);
            }
        }
    }

    private bool ScanMessage(JsonObject message, MessageDescriptor type, string path)
    {
        if (type == Any.Descriptor)
        {
            return ScanAny(message, path);
        }

        if (type.File.Package != "google.protobuf")
        {
            Scan(message, type, path);
        }

        return true;
    }

    private bool ScanAny(JsonObject message, string path)
    {
        if (message["@type"] is not JsonValue value || !value.TryGetValue<string>(out var url))
        {
            Ignored.Add(new(resource, path, "a message without @type"));
            return false;
        }

        if (XdsTypeRegistry.Instance.Find(Any.GetTypeName(url)) is not { } inner)
        {
            Ignored.Add(new(resource, path, $"the type '{url}' is not known"));
            return false;
        }

        return ScanMessage(message, inner, path);
    }

    // What has slipped to where a name belongs may be a key: it is shown to nobody.
    private static bool IsFieldName(string name) => name.Length <= 100 && name.All(static character => char.IsAsciiLetterOrDigit(character) || character is '_' or '@');

    private void Report(MessageDescriptor descriptor, string name, string path)
    {
        if (UnsafeFields.Contains(descriptor, name))
        {
            Problems.Add(new(entry.Place, entry.Name, path, "a field that is not known decides where traffic goes or who may send it"));
        }
        else
        {
            Ignored.Add(new(resource, path, "the field is not known"));
        }
    }

    // The JSON form of protobuf takes a field by its JSON name and by its own.
    private static FrozenDictionary<string, FieldDescriptor> FieldsOf(MessageDescriptor descriptor) => Fields.GetOrAdd(descriptor, static key =>
        key.Fields.InDeclarationOrder().SelectMany(field => new[] { (Name: field.JsonName, Field: field), (field.Name, Field: field) })
            .DistinctBy(pair => pair.Name).ToFrozenDictionary(pair => pair.Name, pair => pair.Field, StringComparer.Ordinal));
}
