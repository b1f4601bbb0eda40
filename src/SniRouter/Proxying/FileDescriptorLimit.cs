using System.Globalization;

namespace Zoneway.SniRouter.Proxying;

/// <summary>How many file descriptors this process may have, and how many connections that allows.</summary>
internal static class FileDescriptorLimit
{
    private const int WhereUnknown = 50_000;
    private const int Reserved = 256;

    /// <summary>Each connection takes two descriptors; a few stay for listeners, the control plane and files.</summary>
    public static int DefaultMaxConnections() =>
        SoftLimit() is { } limit ? (int)Math.Clamp((limit - Reserved) / 2, 64, 1_000_000) : WhereUnknown;

    private static long? SoftLimit()
    {
        const string file = "/proc/self/limits";
        if (!File.Exists(file))
        {
            return null;
        }

        // A line reads: Max open files            1024                 524288               files
        foreach (var line in File.ReadLines(file))
        {
            if (line.StartsWith("Max open files", StringComparison.Ordinal))
            {
                var soft = line["Max open files".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
                return long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : null;
            }
        }

        return null;
    }
}
