using System.Collections.Immutable;
using Envoy.Config.Accesslog.V3;
using Envoy.Extensions.AccessLoggers.File.V3;
using Envoy.Extensions.AccessLoggers.Filters.Cel.V3;
using Envoy.Extensions.Filters.Network.TcpProxy.V3;
using Google.Protobuf.Collections;
using Zoneway.SniRouter.AccessLogs;

namespace Zoneway.Xds.Translation;

/// <summary>
/// envoy.config.accesslog.v3.AccessLog to <see cref="AccessLogConfig"/> (protocol §8, MeshAccessLog). A log that cannot be written is left out with the reason: it must
/// not cost its chain the traffic.
/// </summary>
internal static class AccessLogTranslator
{
    private const string OpenTelemetry = "envoy.extensions.access_loggers.open_telemetry.v3.OpenTelemetryAccessLogConfig";

    private static readonly string FileLogger = FileAccessLog.Descriptor.FullName;
    private static readonly string CelFilter = ExpressionFilter.Descriptor.FullName;

    /// <summary>Translates the logs of a filter or listener whose findings these are.</summary>
    public static ImmutableArray<AccessLogConfig> Translate(RepeatedField<AccessLog> messages, Findings findings)
    {
        if (messages.Count == 0)
        {
            return [];
        }

        var logs = ImmutableArray.CreateBuilder<AccessLogConfig>(messages.Count);
        for (var i = 0; i < messages.Count; i++)
        {
            var scope = findings.At("access_log", i);
            if (TranslateFilter(messages[i].Filter, scope, out var serverName) && TranslateLogger(messages[i], scope) is { } log)
            {
                scope.Enforce("", serverName.Length == 0 ? $"lines to {log.Destination}" : $"lines to {log.Destination} for server name '{serverName}'");
                logs.Add(log with { ServerName = serverName });
            }
        }

        return logs.DrainToImmutable();
    }

    /// <summary>Notes the options of a proxy's logs that have no effect.</summary>
    public static void NoteUnsupported(TcpProxy message, Findings findings)
    {
        const string NoFlush = "a line is written when a connection ends, and when it is connected if asked for";
        findings.IgnoreIf(message.AccessLogFlushInterval is not null, "access_log_flush_interval", NoFlush);
        findings.IgnoreIf(message.AccessLogOptions?.AccessLogFlushInterval is not null, "access_log_options.access_log_flush_interval", NoFlush);
        findings.IgnoreIf(message.AccessLogOptions is { FlushAccessLogOnStart: true }, "access_log_options.flush_access_log_on_start", NoFlush);
    }

    private static AccessLogConfig? TranslateLogger(AccessLog message, Findings findings)
    {
        var type = ResourceReader.TypeName(message.TypedConfig);
        if (type == FileLogger)
        {
            var file = ResourceReader.TryParse(message.TypedConfig, FileAccessLog.Parser, out var problem);
            findings.IgnoreIf(file is null, "typed_config", $"the message cannot be parsed: {problem}");
            return file is null ? null : AccessLogFileTranslator.Translate(file, findings.At("typed_config"));
        }

        findings.Ignore("typed_config", type == OpenTelemetry ? "not yet enforced: access logs are not sent to OpenTelemetry collectors" : $"the access logger '{type}' is not known");
        return null;
    }

    /// <summary>Translates a filter; false, with the reason noted, when no connection that is passed through would get past it.</summary>
    private static bool TranslateFilter(AccessLogFilter? filter, Findings findings, out string serverName)
    {
        serverName = "";
        switch (filter?.FilterSpecifierCase ?? AccessLogFilter.FilterSpecifierOneofCase.None)
        {
            case AccessLogFilter.FilterSpecifierOneofCase.None:
            case AccessLogFilter.FilterSpecifierOneofCase.NotHealthCheckFilter:
                return true;
            case AccessLogFilter.FilterSpecifierOneofCase.ExtensionFilter when ResourceReader.TypeName(filter!.ExtensionFilter.TypedConfig) == CelFilter:
                if (ResourceReader.TryParse(filter.ExtensionFilter.TypedConfig, ExpressionFilter.Parser, out _) is { } expression)
                {
                    return TranslateExpression(expression.Expression, findings, out serverName);
                }

                break;
            default:
                break;
        }

        findings.Ignore("filter", "the filter is not understood, so nothing is logged");
        return false;
    }

    private static bool TranslateExpression(string expression, Findings findings, out string serverName)
    {
        switch (AccessLogExpression.Parse(expression, out serverName))
        {
            case AccessLogExpressionKind.ServerName:
                return true;
            case AccessLogExpressionKind.PeerCertificate:
                findings.Ignore("filter", "the client's certificate is not known on a connection that is passed through, so nothing is logged");
                return false;
            default:
                findings.Ignore("filter", $"the expression '{(expression.Length > 200 ? expression[..200] : expression)}' is not understood, so nothing is logged");
                return false;
        }
    }
}
