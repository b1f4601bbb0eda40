using System.Text.Json.Nodes;

namespace Zoneway.Xds.Admin;

/// <summary>google.protobuf.FieldMask on JSON: which fields of an object are kept.</summary>
internal static class FieldMask
{
    /// <summary>What of a mask concerns the inside of a field: empty for all of it, null when the field itself is not wanted.</summary>
    public static IReadOnlyList<string>? Inside(IReadOnlyList<string> mask, string field)
    {
        if (mask.Count == 0 || mask.Contains(field))
        {
            return [];
        }

        var inner = mask.Where(path => path.StartsWith($"{field}.", StringComparison.Ordinal)).Select(path => path[(field.Length + 1)..]).ToList();
        return inner.Count == 0 ? null : inner;
    }

    /// <summary>Takes the fields away that a mask does not name. The type of a packed message stays.</summary>
    public static JsonObject Apply(JsonObject message, IReadOnlyList<string> mask)
    {
        if (mask.Count == 0)
        {
            return message;
        }

        foreach (var (name, value) in message.ToList())
        {
            if (name == "@type")
            {
                continue;
            }

            var inner = Inside(mask, name);
            if (inner is null)
            {
                message.Remove(name);
            }
            else if (value is JsonObject fields)
            {
                Apply(fields, inner);
            }
        }

        return message;
    }
}
