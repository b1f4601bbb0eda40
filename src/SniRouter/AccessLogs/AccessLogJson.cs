using System.Text;
using System.Text.Json;

namespace Zoneway.SniRouter.AccessLogs;

/// <summary>A JSON value with templates in the place of its strings. Immutable.</summary>
public abstract class AccessLogJson
{
    /// <summary>Deepest nesting that is written.</summary>
    public const int MaxDepth = 128;

    /// <summary>Every template in it.</summary>
    internal abstract IEnumerable<AccessLogTemplate> Templates { get; }

    /// <summary>A string, which in a line is the text of the template.</summary>
    public static AccessLogJson Template(AccessLogTemplate template) => new TemplateValue(template);

    /// <summary>A number, a truth value, or null.</summary>
    public static AccessLogJson Constant(double? number = null, bool? truth = null) => new ConstantValue(number, truth);

    /// <summary>An object with members in the order given.</summary>
    public static AccessLogJson Object(IEnumerable<KeyValuePair<string, AccessLogJson>> members) => new ObjectValue([.. members]);

    /// <summary>A list.</summary>
    public static AccessLogJson List(IEnumerable<AccessLogJson> items) => new ListValue([.. items]);

    internal abstract void Write(Utf8JsonWriter writer, AccessLogEntry entry, AccessLogJsonStyle style);

    /// <summary>Whether it has no value for an entry, so that a member of it may be left out.</summary>
    internal virtual bool IsNothing(AccessLogEntry entry) => false;

    private sealed class TemplateValue(AccessLogTemplate template) : AccessLogJson
    {
        internal override IEnumerable<AccessLogTemplate> Templates => [template];

        internal override bool IsNothing(AccessLogEntry entry) => template.TryGetSingle(entry, out var value, out _) && value.IsNone;

        internal override void Write(Utf8JsonWriter writer, AccessLogEntry entry, AccessLogJsonStyle style)
        {
            if (!style.Typed || !template.TryGetSingle(entry, out var value, out var maxLength))
            {
                var text = new StringBuilder();
                template.Write(entry, style.OmitEmptyValues ? "" : "-", text);
                writer.WriteStringValue(text.ToString());
            }
            else if (value.IsNone)
            {
                writer.WriteNullValue();
            }
            else if (value.IsNumber)
            {
                writer.WriteNumberValue(value.Number);
            }
            else
            {
                writer.WriteStringValue(value.ToText(maxLength, ""));
            }
        }
    }

    private sealed class ConstantValue(double? number, bool? truth) : AccessLogJson
    {
        internal override IEnumerable<AccessLogTemplate> Templates => [];

        internal override void Write(Utf8JsonWriter writer, AccessLogEntry entry, AccessLogJsonStyle style)
        {
            if (number is { } value && double.IsFinite(value))
            {
                writer.WriteNumberValue(value);
            }
            else if (truth is { } isTrue)
            {
                writer.WriteBooleanValue(isTrue);
            }
            else
            {
                writer.WriteNullValue();
            }
        }
    }

    private sealed class ObjectValue(KeyValuePair<string, AccessLogJson>[] members) : AccessLogJson
    {
        internal override IEnumerable<AccessLogTemplate> Templates => members.SelectMany(member => member.Value.Templates);

        internal override void Write(Utf8JsonWriter writer, AccessLogEntry entry, AccessLogJsonStyle style)
        {
            writer.WriteStartObject();
            foreach (var (name, value) in members)
            {
                if (!style.OmitEmptyValues || !value.IsNothing(entry))
                {
                    writer.WritePropertyName(name);
                    value.Write(writer, entry, style);
                }
            }

            writer.WriteEndObject();
        }
    }

    private sealed class ListValue(AccessLogJson[] items) : AccessLogJson
    {
        internal override IEnumerable<AccessLogTemplate> Templates => items.SelectMany(item => item.Templates);

        internal override void Write(Utf8JsonWriter writer, AccessLogEntry entry, AccessLogJsonStyle style)
        {
            writer.WriteStartArray();
            foreach (var item in items)
            {
                item.Write(writer, entry, style);
            }

            writer.WriteEndArray();
        }
    }
}

/// <summary>How values are written.</summary>
/// <param name="Typed">Whether numbers are numbers and what is not known is null.</param>
/// <param name="OmitEmptyValues">Whether members without a value are left out.</param>
internal readonly record struct AccessLogJsonStyle(bool Typed, bool OmitEmptyValues);
