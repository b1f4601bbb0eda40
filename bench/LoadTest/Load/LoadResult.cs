using Zoneway.LoadTest.Measuring;

namespace Zoneway.LoadTest.Load;

/// <summary>One sample taken by the load process.</summary>
internal sealed record LoadResult
{
    /// <summary>Length of the interval that counts.</summary>
    public double Seconds { get; init; }

    /// <summary>Echoes or connections in the interval.</summary>
    public long Operations { get; init; }

    /// <summary>Bytes received in the interval, by the client or the back end.</summary>
    public long Bytes { get; init; }

    /// <summary>Null where no times were taken.</summary>
    public LatencySummary? Latency { get; init; }

    public Usage? Usage { get; init; }

    /// <summary>Resident memory of the proxy after the interval.</summary>
    public long ResidentBytes { get; init; }

    /// <summary>Null but for idle connections.</summary>
    public IdleReading? Idle { get; init; }

    /// <summary>Receives with bytes other than those sent, hellos changed on the way, and uploads that arrived shorter or longer than they were.</summary>
    public long WrongBytes { get; init; }

    /// <summary>Greetings of another back end than the route's.</summary>
    public long WrongRoutes { get; init; }

    /// <summary>Connections at the back end that did not end within a few seconds after those of the client.</summary>
    public long Leaked { get; init; }

    /// <summary>Connections that failed or were ended by the other side.</summary>
    public int Failures { get; init; }

    /// <summary>What the first failures were.</summary>
    public IReadOnlyList<string> FailureReasons { get; init; } = [];
}

/// <summary>Memory and descriptors of a proxy around idle connections.</summary>
/// <param name="Connections">Connections that were open.</param>
/// <param name="Base">Before the first.</param>
/// <param name="Opened">With all of them open after the greeting.</param>
/// <param name="Used">After one round trip on each.</param>
/// <param name="Closed">After all were closed.</param>
/// <param name="IdleProcessorSeconds">Processor time of the proxy per second while all were idle.</param>
internal sealed record IdleReading(int Connections, ProcessReading Base, ProcessReading Opened, ProcessReading Used, ProcessReading Closed, double IdleProcessorSeconds);
