using System.Globalization;

namespace Zoneway.LoadTest.Measuring;

/// <summary>What /proc says of processes (proc(5)). A process that is gone has nothing, which is no error.</summary>
internal static class ProcessTable
{
    private const int KernelThreadParent = 2;
    private static readonly int TicksPerSecond = 100;

    /// <summary>A process and all that descend from it.</summary>
    public static IReadOnlyList<int> Tree(int root)
    {
        var parents = ReadParents();
        var tree = new List<int> { root };
        for (var i = 0; i < tree.Count; i++)
        {
            tree.AddRange(parents.Where(entry => entry.Value == tree[i]).Select(entry => entry.Key));
        }

        return tree;
    }

    /// <summary>The threads of the kernel, which do part of the work of splice(2) on behalf of whoever calls it.</summary>
    public static IReadOnlyList<int> KernelThreads() => [.. ReadParents().Where(entry => entry.Value == KernelThreadParent).Select(entry => entry.Key)];

    /// <summary>Resident memory in bytes and open descriptors.</summary>
    public static ProcessReading Read(IEnumerable<int> processes)
    {
        var (resident, descriptors) = (0L, 0);
        foreach (var process in processes)
        {
            resident += ReadResidentBytes(process);
            descriptors += CountDescriptors(process);
        }

        return new ProcessReading(resident, descriptors);
    }

    /// <summary>Seconds of processor time outside and inside of the kernel, exact to 10 ms.</summary>
    public static (double User, double System) ReadTimes(IEnumerable<int> processes)
    {
        var (user, system) = (0.0, 0.0);
        foreach (var process in processes)
        {
            var fields = ReadStat(process);
            if (fields.Length > 12)
            {
                user += double.Parse(fields[11], CultureInfo.InvariantCulture) / TicksPerSecond;
                system += double.Parse(fields[12], CultureInfo.InvariantCulture) / TicksPerSecond;
            }
        }

        return (user, system);
    }

    /// <summary>When a process was started, in the kernel's ticks; with its ID it names a process for good. 0 when it is gone.</summary>
    public static long StartTicks(int process) => ReadStat(process) is { Length: > 19 } fields ? long.Parse(fields[19], CultureInfo.InvariantCulture) : 0;

    private static Dictionary<int, int> ReadParents()
    {
        var parents = new Dictionary<int, int>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), out var process) && ReadStat(process) is { Length: > 1 } fields)
            {
                parents[process] = int.Parse(fields[1], CultureInfo.InvariantCulture);
            }
        }

        return parents;
    }

    // The fields after the name, which is in parentheses and may hold anything: state, parent, ...
    private static string[] ReadStat(int process)
    {
        var text = ReadText($"/proc/{process}/stat");
        var afterName = text.LastIndexOf(')') + 2;
        return afterName < text.Length ? text[afterName..].Split(' ') : [];
    }

    private static long ReadResidentBytes(int process)
    {
        foreach (var line in ReadText($"/proc/{process}/status").Split('\n'))
        {
            if (line.StartsWith("VmRSS:", StringComparison.Ordinal))
            {
                return long.Parse(line.AsSpan(6).Trim().TrimEnd(" kB"), CultureInfo.InvariantCulture) * 1024;
            }
        }

        return 0;
    }

    private static int CountDescriptors(int process)
    {
        try
        {
            return Directory.GetFileSystemEntries($"/proc/{process}/fd").Length;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    private static string ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}

/// <summary>Memory and descriptors of some processes.</summary>
/// <param name="ResidentBytes">Resident memory; what processes share counts once for each.</param>
/// <param name="Descriptors">Open descriptors.</param>
internal sealed record ProcessReading(long ResidentBytes, int Descriptors);
