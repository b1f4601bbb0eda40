namespace Zoneway.LoadTest.Measuring;

/// <summary>A figure that a case reports.</summary>
/// <param name="Name">Name in reports.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Value">Takes it from a sample; null when the sample has none.</param>
internal sealed record Metric(string Name, string Unit, Func<Sample, double?> Value)
{
    private const double Gibibyte = 1024 * 1024 * 1024;

    public bool IsHigherBetter { get; init; }

    /// <summary>Throughput of a bulk case.</summary>
    public static readonly Metric Throughput = new("throughput", "Gbit/s", sample => sample.Load.Bytes * 8e-9 / sample.Load.Seconds) { IsHigherBetter = true };

    public static readonly Metric ProxyPerGibibyte = new("proxy CPU", "s/GiB", sample => sample.Load.Usage?.Proxy / (sample.Load.Bytes / Gibibyte));

    public static readonly Metric TotalPerGibibyte = new("CPU in all", "s/GiB", sample => sample.Load.Usage?.Total / (sample.Load.Bytes / Gibibyte));

    public static readonly Metric ProxyPerMessage = new("proxy CPU", "µs/message", sample => sample.Load.Usage?.Proxy * 1e6 / sample.Load.Operations);

    public static readonly Metric TotalPerMessage = new("CPU in all", "µs/message", sample => sample.Load.Usage?.Total * 1e6 / sample.Load.Operations);

    public static readonly Metric ProxyPerConnection = ProxyPerMessage with { Unit = "µs/connection" };

    public static readonly Metric TotalPerConnection = TotalPerMessage with { Unit = "µs/connection" };

    public static readonly Metric Messages = new("rate", "messages/s", sample => sample.Load.Operations / sample.Load.Seconds) { IsHigherBetter = true };

    public static readonly Metric Connections = Messages with { Unit = "connections/s" };

    public static readonly Metric P50 = new("p50", "µs", sample => sample.Load.Latency?.P50);

    public static readonly Metric P99 = new("p99", "µs", sample => sample.Load.Latency?.P99);

    public static readonly Metric P999 = new("p99.9", "µs", sample => sample.Load.Latency?.P999);

    public static readonly Metric UserShare = new("share of proxy CPU in user space", "%", sample => sample.Load.Usage?.ProxyUserShare * 100);

    public static readonly Metric Resident = new("resident memory", "MiB", sample => sample.Load.ResidentBytes / 1048576.0);

    /// <summary>Load of kernel threads, which do part of the work of splice(2).</summary>
    public static readonly Metric KernelThreads = new("kernel threads", "processors", sample => sample.Load.Usage?.KernelThreads / sample.Load.Usage?.Seconds);
}
