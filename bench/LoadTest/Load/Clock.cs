using System.Diagnostics;

namespace Zoneway.LoadTest.Load;

/// <summary>The monotonic clock of the machine in nanoseconds, the same in every process.</summary>
internal static class Clock
{
    private static readonly double NanosecondsPerTick = 1e9 / Stopwatch.Frequency;

    public static long Now => Stopwatch.Frequency == 1_000_000_000 ? Stopwatch.GetTimestamp() : (long)(Stopwatch.GetTimestamp() * NanosecondsPerTick);

    public static long Nanoseconds(this TimeSpan time) => time.Ticks * 100;
}
