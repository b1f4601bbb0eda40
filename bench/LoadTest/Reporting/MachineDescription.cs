using System.Globalization;
using System.Runtime.InteropServices;

namespace Zoneway.LoadTest.Reporting;

/// <summary>Says on what a run took place.</summary>
internal static class MachineDescription
{
    public static string Read()
    {
        var processor = Value("/proc/cpuinfo", "model name", ':') ?? RuntimeInformation.ProcessArchitecture.ToString();
        var system = Value("/etc/os-release", "PRETTY_NAME", '=')?.Trim('"') ?? RuntimeInformation.OSDescription;
        var kernel = File.ReadAllText("/proc/sys/kernel/osrelease").Trim();
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024.0 * 1024 * 1024);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Environment.ProcessorCount} × {processor}, {memory:0} GiB, {system}, kernel {kernel}, {RuntimeInformation.FrameworkDescription}, loopback");
    }

    private static string? Value(string path, string key, char separator)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        var line = File.ReadLines(path).FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal));
        return line?[(line.IndexOf(separator) + 1)..].Trim();
    }
}
