using Envoy.Config.Core.V3;
using Envoy.Extensions.AccessLoggers.File.V3;
using Google.Protobuf.WellKnownTypes;
using Zoneway.SniRouter.AccessLogs;
using FormatCase = Envoy.Config.Core.V3.SubstitutionFormatString.FormatOneofCase;
using LogCase = Envoy.Extensions.AccessLoggers.File.V3.FileAccessLog.AccessLogFormatOneofCase;

namespace Zoneway.Xds.Translation;

/// <summary>
/// envoy.extensions.access_loggers.file.v3.FileAccessLog to <see cref="AccessLogConfig"/>: to a file, or, where the file is the pipe of kuma-dp's own log streamer
/// (<c>kuma-al-….sock</c>, protocol §1.5), to the collector whose address stands in the format.
/// </summary>
internal static class AccessLogFileTranslator
{
    // Envoy's default; what concerns HTTP is "-" here.
    private const string DefaultFormat =
        "[%START_TIME%] \"- - -\" %RESPONSE_CODE% %RESPONSE_FLAGS% %BYTES_RECEIVED% %BYTES_SENT% %DURATION% - \"-\" \"-\" \"-\" \"-\" \"%UPSTREAM_HOST%\"\n";

    private const int LongestPath = 4096;

    /// <summary>Translates a log; null, with the reason noted, when it cannot be written.</summary>
    public static AccessLogConfig? Translate(FileAccessLog message, Findings findings)
    {
        try
        {
            var name = message.Path[(message.Path.LastIndexOf('/') + 1)..];
            var config = name.StartsWith("kuma-al-", StringComparison.Ordinal) && name.EndsWith(".sock", StringComparison.Ordinal) ? ToCollector(message) : ToFile(message);
            var unknown = config.Format.UnknownOperators;
            findings.IgnoreIf(!unknown.IsEmpty, "", $"no value on a connection that is passed through, written as nothing: {string.Join(", ", unknown.Take(20))}");
            findings.IgnoreIf(message.LogFormat is { Formatters.Count: > 0 }, "log_format.formatters", "formatter extensions are not supported");
            return config;
        }
        catch (FormatException exception)
        {
            findings.Ignore("", $"{exception.Message}, so nothing is logged");
            return null;
        }
    }

    private static AccessLogConfig ToFile(FileAccessLog message)
    {
        if (message.Path.Length is 0 or > LongestPath || message.Path.Contains('\0', StringComparison.Ordinal))
        {
            throw new FormatException("the path is not one of a file");
        }

        return new AccessLogConfig
        {
            Destination = new(AccessLogDestinationKind.File, message.Path),
            Format = JsonOf(message) is { } json ? AccessLogFormat.Json(TranslateStruct(json), IsTyped(message), OmitsEmpty(message)) : AccessLogFormat.Text(Template(TextOf(message)), OmitsEmpty(message)),
        };
    }

    // kuma-cp sends "address;line", or an object of address and message, where the message is a line or an object (Kuma's MeshAccessLog, TCP back end).
    private static AccessLogConfig ToCollector(FileAccessLog message)
    {
        string address;
        AccessLogFormat format;
        if (JsonOf(message) is { } json)
        {
            address = json.Fields.GetValueOrDefault("address") is { KindCase: Value.KindOneofCase.StringValue } text ? text.StringValue : "";
            format = json.Fields.GetValueOrDefault("message") switch
            {
                { KindCase: Value.KindOneofCase.StringValue } line => AccessLogFormat.Text(Template(line.StringValue), OmitsEmpty(message)),
                { KindCase: Value.KindOneofCase.StructValue } body => AccessLogFormat.Json(TranslateStruct(body.StructValue), IsTyped(message), OmitsEmpty(message)),
                _ => throw new FormatException("the format for the collector has no message"),
            };
        }
        else
        {
            var parts = TextOf(message).Split(';', 2);
            address = parts[0];
            format = parts.Length == 2 ? AccessLogFormat.Text(Template(parts[1]), OmitsEmpty(message)) : throw new FormatException("the format for the collector has no address");
        }

        return AccessLogDestination.IsCollector(address)
            ? new AccessLogConfig { Destination = new(AccessLogDestinationKind.Tcp, address), Format = format }
            : throw new FormatException("the address of the collector is not host:port");
    }

    private static Struct? JsonOf(FileAccessLog message) => message.AccessLogFormatCase switch
    {
        LogCase.JsonFormat => message.JsonFormat,
        LogCase.TypedJsonFormat => message.TypedJsonFormat,
        LogCase.LogFormat when message.LogFormat.FormatCase == FormatCase.JsonFormat => message.LogFormat.JsonFormat,
        _ => null,
    };

    // Only the oldest of the three JSON forms makes a string of every value.
    private static bool IsTyped(FileAccessLog message) => message.AccessLogFormatCase != LogCase.JsonFormat;

    private static bool OmitsEmpty(FileAccessLog message) => message.LogFormat is { OmitEmptyValues: true };

    private static string TextOf(FileAccessLog message) => message.AccessLogFormatCase switch
    {
        LogCase.Format when message.Format.Length > 0 => message.Format,
        LogCase.LogFormat => message.LogFormat.FormatCase switch
        {
            FormatCase.TextFormat => message.LogFormat.TextFormat,
            FormatCase.TextFormatSource => TextOf(message.LogFormat.TextFormatSource),
            _ => DefaultFormat,
        },
        _ => DefaultFormat,
    };

    private static string TextOf(DataSource source) => source.SpecifierCase switch
    {
        DataSource.SpecifierOneofCase.InlineString => source.InlineString,
        DataSource.SpecifierOneofCase.InlineBytes => source.InlineBytes.ToStringUtf8(),
        _ => throw new FormatException("only a format that stands in the message is supported"),
    };

    private static AccessLogTemplate Template(string text) => AccessLogTemplate.TryParse(text, out var problem) ?? throw new FormatException(problem);

    private static AccessLogJson TranslateStruct(Struct message) =>
        AccessLogJson.Object(message.Fields.Select(static field => KeyValuePair.Create(field.Key, TranslateValue(field.Value))));

    private static AccessLogJson TranslateValue(Value value) => value.KindCase switch
    {
        Value.KindOneofCase.StringValue => AccessLogJson.Template(Template(value.StringValue)),
        Value.KindOneofCase.NumberValue => AccessLogJson.Constant(number: value.NumberValue),
        Value.KindOneofCase.BoolValue => AccessLogJson.Constant(truth: value.BoolValue),
        Value.KindOneofCase.StructValue => TranslateStruct(value.StructValue),
        Value.KindOneofCase.ListValue => AccessLogJson.List(value.ListValue.Values.Select(TranslateValue)),
        _ => AccessLogJson.Constant(),
    };
}
