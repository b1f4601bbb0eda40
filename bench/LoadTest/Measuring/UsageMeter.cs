using System.Globalization;
using Zoneway.LoadTest.Load;

namespace Zoneway.LoadTest.Measuring;

/// <summary>Reads the clocks of all processes concerned at the ends of an interval. The process tables are read when it is made, as that takes milliseconds.</summary>
internal sealed class UsageMeter
{
    private const double MachineTicksPerSecond = 100;

    private readonly IReadOnlyList<int> _proxy;
    private readonly IReadOnlyList<int> _harness;
    private readonly IReadOnlyList<int> _kernelThreads = ProcessTable.KernelThreads();
    private Reading _began;

    /// <param name="proxy">First process of the proxy; null for none.</param>
    /// <param name="harness">Other processes of the harness; this one counts anyway.</param>
    public UsageMeter(int? proxy, IReadOnlyList<int> harness)
    {
        _proxy = proxy is { } root ? ProcessTable.Tree(root) : [];
        _harness = [.. harness, Environment.ProcessId];
    }

    public void Begin()
    {
        // The exact clocks of the proxy are read closest to the interval, here and at its end.
        var others = ReadOthers();
        _began = others with { At = Clock.Now, Proxy = Sum(_proxy) };
    }

    public Usage End()
    {
        var (at, proxy) = (Clock.Now, Sum(_proxy));
        var (began, ended) = (_began, ReadOthers() with { At = at, Proxy = proxy });
        var user = ended.ProxyUser - began.ProxyUser;
        var system = ended.ProxySystem - began.ProxySystem;
        return new Usage
        {
            Seconds = (ended.At - began.At) / 1e9,
            Proxy = (ended.Proxy - began.Proxy) / 1e9,
            ProxyUserShare = user + system > 0 ? user / (user + system) : 0,
            Harness = (ended.Harness - began.Harness) / 1e9,
            KernelThreads = (ended.KernelThreads - began.KernelThreads) / 1e9,
            Machine = ended.Machine - began.Machine,
            Steal = ended.Steal - began.Steal,
        };
    }

    /// <summary>Memory and descriptors of the proxy now.</summary>
    public ProcessReading ReadProxy() => ProcessTable.Read(_proxy);

    private Reading ReadOthers()
    {
        var (machine, steal) = ReadMachine();
        var (user, system) = ProcessTable.ReadTimes(_proxy);
        return new Reading { Harness = Sum(_harness), KernelThreads = Sum(_kernelThreads), Machine = machine, Steal = steal, ProxyUser = user, ProxySystem = system };
    }

    private static long Sum(IReadOnlyList<int> processes) => processes.Sum(NativeCalls.ProcessorNanoseconds);

    // cpu user nice system idle iowait irq softirq steal ... (proc(5)), in ticks. Guest time is part of user.
    private static (double Busy, double Steal) ReadMachine()
    {
        var line = File.ReadLines("/proc/stat").First();
        var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1)
            .Select(field => double.Parse(field, CultureInfo.InvariantCulture) / MachineTicksPerSecond).ToArray();
        return (fields[0] + fields[1] + fields[2] + fields[5] + fields[6], fields[7]);
    }

    private readonly record struct Reading
    {
        public long At { get; init; }

        public long Proxy { get; init; }

        public long Harness { get; init; }

        public long KernelThreads { get; init; }

        public double Machine { get; init; }

        public double Steal { get; init; }

        public double ProxyUser { get; init; }

        public double ProxySystem { get; init; }
    }
}
