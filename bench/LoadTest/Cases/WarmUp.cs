using Zoneway.LoadTest.Load;
using Zoneway.LoadTest.Running;

namespace Zoneway.LoadTest.Cases;

/// <summary>What every contender does before it is measured: enough of everything for its code to be compiled and its pools to be filled.</summary>
internal static class WarmUp
{
    public static async Task RunAsync(LoadGenerator load, RunningContender contender, TimeSpan time)
    {
        await load.RunAsync(contender.Request(LoadKind.Connect, 64, time));
        await load.RunAsync(contender.Request(LoadKind.PingPong, 64, time));
        await load.RunAsync(contender.Request(LoadKind.Download, 4, time / 2));
    }
}
