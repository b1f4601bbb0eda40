using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace Zoneway.SniRouter.AccessLogs;

/// <summary>What a line of an access log says (envoy.config.core.v3.SubstitutionFormatString). Immutable.</summary>
public abstract class AccessLogFormat
{
    /// <summary>The operators that have no value here, each once.</summary>
    public abstract ImmutableArray<string> UnknownOperators { get; }

    /// <summary>What has to be known of a connection for it.</summary>
    internal abstract AccessLogNeeds Needs { get; }

    /// <summary>A text, which brings its own end of line.</summary>
    /// <param name="template">The text.</param>
    /// <param name="omitEmptyValues">Whether what is not known is left out rather than written as <c>-</c>.</param>
    public static AccessLogFormat Text(AccessLogTemplate template, bool omitEmptyValues = false) => new TextFormat(template, omitEmptyValues ? "" : "-");

    /// <summary>A JSON object on a line of its own.</summary>
    /// <param name="json">The object.</param>
    /// <param name="typed">Whether numbers are numbers and what is not known is null; else all values are strings.</param>
    /// <param name="omitEmptyValues">Whether members without a value are left out.</param>
    public static AccessLogFormat Json(AccessLogJson json, bool typed, bool omitEmptyValues = false) => new JsonFormat(json, new(typed, omitEmptyValues));

    /// <summary>Writes the line of an entry.</summary>
    internal abstract void Write(AccessLogEntry entry, IBufferWriter<byte> target);

    private sealed class TextFormat(AccessLogTemplate template, string nothing) : AccessLogFormat
    {
        public override ImmutableArray<string> UnknownOperators => template.UnknownOperators;

        internal override AccessLogNeeds Needs => template.Needs;

        internal override void Write(AccessLogEntry entry, IBufferWriter<byte> target)
        {
            var line = new StringBuilder();
            template.Write(entry, nothing, line);
            Encoding.UTF8.GetBytes(line.ToString(), target);
        }
    }

    private sealed class JsonFormat(AccessLogJson json, AccessLogJsonStyle style) : AccessLogFormat
    {
        public override ImmutableArray<string> UnknownOperators { get; } = [.. json.Templates.SelectMany(template => template.UnknownOperators).Distinct(StringComparer.Ordinal)];

        internal override AccessLogNeeds Needs { get; } = json.Templates.Aggregate(AccessLogNeeds.None, static (needs, template) => needs | template.Needs);

        internal override void Write(AccessLogEntry entry, IBufferWriter<byte> target)
        {
            using (var writer = new Utf8JsonWriter(target, new JsonWriterOptions { MaxDepth = AccessLogJson.MaxDepth, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            {
                json.Write(writer, entry, style);
            }

            target.Write("\n"u8);
        }
    }
}
