using Zoneway.LoadTest.Load;
using Zoneway.LoadTest.Load.Backend;

namespace Zoneway.LoadTest.Tests.Load;

/// <summary>Two back ends on a thread of this process.</summary>
internal sealed class RunningBackend : IDisposable
{
    private const long LongestTurnNanoseconds = 10_000_000;

    private readonly string _path = Path.GetTempFileName();
    private readonly Thread _thread;
    private volatile bool _isOver;

    public RunningBackend()
    {
        Counters = new SharedCounters(_path);
        var context = new BackendContext(new Reactor(), Counters);
        BackendListener[] listeners = [new(context, 0), new(context, 1)];
        Ports = [.. listeners.Select(listener => listener.Port)];
        _thread = new Thread(() =>
        {
            while (!_isOver)
            {
                context.Reactor.Turn(LongestTurnNanoseconds);
            }

            Array.ForEach(listeners, listener => listener.Dispose());
        });
        _thread.Start();
    }

    public SharedCounters Counters { get; }

    public IReadOnlyList<int> Ports { get; }

    public void Dispose()
    {
        _isOver = true;
        _thread.Join();
        Counters.Dispose();
        File.Delete(_path);
    }
}
