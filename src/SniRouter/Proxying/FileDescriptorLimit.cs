using System.Globalization;

namespace Zoneway.SniRouter.Proxying;

/// <summary>
/// How many file descriptors this process may have, and what may be made of them. Some always stay for listeners, the control plane, files and the runtime itself,
/// which aborts the process when it cannot get one.
/// </summary>
internal static class FileDescriptorLimit
{
    /// <summary>Descriptors that connections must leave alone. An idle proxy has some 190 open, most of them assemblies.</summary>
    public const int Reserved = 256;

    private const int WhereUnknown = 100_000;

    /// <summary>The soft limit when the process began to ask; where the system does not tell, a large number.</summary>
    public static int Value { get; } = (int)Math.Min(Read() ?? WhereUnknown, 2_000_000);

    /// <summary>Connections that the descriptors allow; each takes two.</summary>
    public static int MaxConnections { get; } = Math.Max(1, (Value - Reserved) / 2);

    private static long? Read()
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
