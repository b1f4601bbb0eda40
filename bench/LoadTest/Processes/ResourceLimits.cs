using System.Globalization;

namespace Zoneway.LoadTest.Processes;

/// <summary>Limits of this process, which its children inherit.</summary>
internal static class ResourceLimits
{
    /// <summary>File descriptors that a process may have. The runtime has raised the soft limit to the hard one at its start.</summary>
    public static int Descriptors()
    {
        const string Label = "Max open files";
        var line = File.ReadLines("/proc/self/limits").First(line => line.StartsWith(Label, StringComparison.Ordinal));
        var soft = line[Label.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
        return long.TryParse(soft, CultureInfo.InvariantCulture, out var limit) ? (int)Math.Min(limit, 1_000_000) : 1_000_000;
    }
}
