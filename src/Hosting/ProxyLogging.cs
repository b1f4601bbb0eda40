using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Zoneway.Hosting.Settings;

namespace Zoneway.Hosting;

/// <summary>Logs to standard output, one line or one JSON object for each message.</summary>
internal static class ProxyLogging
{
    private const string TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";

    /// <summary>Applies level and format of the settings. The frameworks below speak up from warnings on, unless everything was asked for.</summary>
    public static void Configure(ILoggingBuilder logging, ProxySettings settings)
    {
        logging.SetMinimumLevel(settings.LogLevel);
        if (settings.LogLevel is LogLevel.Debug or LogLevel.Information)
        {
            logging.AddFilter("Microsoft", LogLevel.Warning);
            logging.AddFilter("System", LogLevel.Warning);
            // What it says of a failed start or a failed service is said by the proxy itself, in words for the operator.
            logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.Critical);
        }

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
