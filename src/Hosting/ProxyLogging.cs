using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Zoneway.Hosting.Admin;
using Zoneway.Hosting.Settings;

namespace Zoneway.Hosting;

/// <summary>Logs to standard output, one line or one JSON object for each message.</summary>
internal static class ProxyLogging
{
    private const string TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";

    /// <summary>Applies the form of the settings, and levels that may change at any time.</summary>
    public static void Configure(ILoggingBuilder logging, ProxySettings settings, LogLevels levels)
    {
        logging.SetMinimumLevel(LogLevel.Trace);
        logging.AddFilter((_, category, level) => levels.IsEnabled(category, level));
        if (settings.LogJson)
        {
            logging.AddJsonConsole(console =>
            {
                console.TimestampFormat = TimestampFormat.TrimEnd();
                console.UseUtcTimestamp = true;
            });
        }
        else
        {
            logging.AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.TimestampFormat = TimestampFormat;
                console.UseUtcTimestamp = true;
                console.ColorBehavior = LoggerColorBehavior.Disabled;
            });
        }
    }
}
