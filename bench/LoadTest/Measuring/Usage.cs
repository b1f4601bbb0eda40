namespace Zoneway.LoadTest.Measuring;

/// <summary>Who used how many seconds of processor time in an interval.</summary>
internal sealed record Usage
{
    /// <summary>Length of the interval.</summary>
    public double Seconds { get; init; }

    /// <summary>The processes of the proxy, exact to the nanosecond.</summary>
    public double Proxy { get; init; }

    /// <summary>Share of the proxy's time that it spent outside of the kernel, from 0 to 1; sampled by the kernel's clock tick.</summary>
    public double ProxyUserShare { get; init; }

    /// <summary>Load generator, back ends and driver.</summary>
    public double Harness { get; init; }

    /// <summary>Threads of the kernel.</summary>
    public double KernelThreads { get; init; }

    /// <summary>Everything on the machine but idling (/proc/stat). Counted in ticks of 10 ms, so that bursts between two of them go unseen.</summary>
    public double Machine { get; init; }

    /// <summary>All who take part: proxy, harness and the kernel's threads, by their exact clocks.</summary>
    public double Total => Proxy + Harness + KernelThreads;

    /// <summary>Taken away by the hypervisor.</summary>
    public double Steal { get; init; }

    /// <summary>Processors that anything else used on average: what makes a sample noisy.</summary>
    public double ForeignProcessors => Math.Max(0, (Machine - Total) / Seconds);
}
