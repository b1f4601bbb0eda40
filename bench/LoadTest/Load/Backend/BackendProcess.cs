using System.Text.Json;
using Zoneway.LoadTest.Processes;

namespace Zoneway.LoadTest.Load.Backend;

/// <summary>The back ends, in a process of their own so that their processor time can be told apart. Ends when its standard input does.</summary>
internal static class BackendProcess
{
    private const long LongestWaitNanoseconds = 100_000_000;

    /// <summary>Says on standard output on which ports it listens, as a JSON array by number of the back end, and serves.</summary>
    /// <param name="backends">How many back ends.</param>
    /// <param name="countersPath">The file of the <see cref="SharedCounters"/>.</param>
    public static int Run(int backends, string countersPath)
    {
        using var counters = new SharedCounters(countersPath);
        var context = new BackendContext(new Reactor(), counters);
        var listeners = Enumerable.Range(0, backends).Select(number => new BackendListener(context, number)).ToList();
        Console.Out.WriteLine(JsonSerializer.Serialize(listeners.Select(listener => listener.Port)));
        var end = new EndOfInput();
        while (!end.IsReached)
        {
            context.Reactor.Turn(LongestWaitNanoseconds);
        }

        listeners.ForEach(listener => listener.Dispose());

        return 0;
    }
}
