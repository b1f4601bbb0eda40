using Microsoft.Extensions.Logging;

namespace Zoneway.Hosting.Admin;

/// <summary>Levels by the names of Envoy's <c>/logging</c>.</summary>
internal static class LogLevelName
{
    private static readonly (string Name, LogLevel Level)[] Names =
    [
        ("trace", LogLevel.Trace), ("debug", LogLevel.Debug), ("info", LogLevel.Information), ("warning", LogLevel.Warning), ("warn", LogLevel.Warning),
        ("error", LogLevel.Error), ("critical", LogLevel.Critical), ("off", LogLevel.None),
    ];

    /// <summary>The name of a level.</summary>
    public static string Of(LogLevel level) => Array.Find(Names, pair => pair.Level == level).Name;

    /// <summary>Reads a name, in lower case.</summary>
    public static bool TryParse(string name, out LogLevel level)
    {
        var found = Array.FindIndex(Names, pair => pair.Name == name);
        level = found < 0 ? default : Names[found].Level;
        return found >= 0;
    }
}
