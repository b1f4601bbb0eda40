using Zoneway.LoadTest.Measuring;

namespace Zoneway.LoadTest.Soak;

/// <summary>What connections leave behind in a process: memory and descriptors, by kind.</summary>
/// <param name="ResidentBytes">Resident memory.</param>
/// <param name="Sockets">Open sockets.</param>
/// <param name="Pipes">Ends of pipes.</param>
/// <param name="Others">Other descriptors.</param>
internal sealed record ProxyTraces(long ResidentBytes, int Sockets, int Pipes, int Others)
{
    private static readonly TimeSpan SettleLimit = TimeSpan.FromSeconds(30);

    // A proxy gives memory back a minute after its last large change of configuration at the latest.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(70);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(500);

    /// <summary>Reads them now.</summary>
    public static ProxyTraces Read(int process)
    {
        var (sockets, pipes, others) = (0, 0, 0);
        foreach (var descriptor in new DirectoryInfo($"/proc/{process}/fd").EnumerateFileSystemInfos())
        {
            var target = descriptor.LinkTarget ?? "";
            sockets += target.StartsWith("socket:", StringComparison.Ordinal) ? 1 : 0;
            pipes += target.StartsWith("pipe:", StringComparison.Ordinal) ? 1 : 0;
            others += target.StartsWith("socket:", StringComparison.Ordinal) || target.StartsWith("pipe:", StringComparison.Ordinal) ? 0 : 1;
        }

        return new ProxyTraces(ProcessTable.Read([process]).ResidentBytes, sockets, pipes, others);
    }

    /// <summary>Reads them when the number of sockets has stayed the same for some time, and the proxy has had time to give memory back.</summary>
    public static async Task<ProxyTraces> ReadSettledAsync(int process)
    {
        var traces = Read(process);
        var same = 0;
        for (var waited = TimeSpan.Zero; same < 6 && waited < SettleLimit; waited += BetweenLooks)
        {
            await Task.Delay(BetweenLooks);
            var now = Read(process);
            same = now.Sockets == traces.Sockets ? same + 1 : 0;
            traces = now;
        }

        await Task.Delay(Rest);
        return Read(process);
    }
}
