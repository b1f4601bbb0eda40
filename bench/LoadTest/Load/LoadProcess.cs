using System.Text.Json;

namespace Zoneway.LoadTest.Load;

/// <summary>
/// The load generator, in a process of its own: takes one <see cref="LoadRequest"/> per line of standard input, as JSON, and answers each with a <see cref="LoadResult"/>.
/// It lives through all samples, so that its code is compiled and warm when they count. Ends when its standard input does.
/// </summary>
internal static class LoadProcess
{
    /// <param name="countersPath">The file of the back end's <see cref="SharedCounters"/>.</param>
    public static int Run(string countersPath)
    {
        NativeCalls.UsePreciseTimers();
        using var counters = new SharedCounters(countersPath);
        var reactor = new Reactor();
        var books = new Dictionary<(HelloShape, int), HelloBook>();
        while (Console.In.ReadLine() is { } line)
        {
            var request = JsonSerializer.Deserialize<LoadRequest>(line)!;
            var key = (request.Hello, request.Routes.Count);
            if (!books.TryGetValue(key, out var hellos))
            {
                books.Add(key, hellos = new HelloBook(request.Hello, request.Routes.Count));
            }

            var result = request.Kind == LoadKind.Idle
                ? new IdleRun(request, reactor, hellos, counters).Execute()
                : new TimedRun(request, reactor, hellos, counters).Execute();
            Console.Out.WriteLine(JsonSerializer.Serialize(result));
        }

        return 0;
    }
}
