using Zoneway.LoadTest.ControlPlane;

namespace Zoneway.LoadTest.Soak;

/// <summary>Changes endpoints and routes at random, as fast as a busy mesh would.</summary>
internal sealed class RandomUpdates(SoakContext context, BenchControlPlane controlPlane, int seed)
{
    private static readonly TimeSpan BetweenEndpoints = TimeSpan.FromMilliseconds(5);

    // Endpoint updates per update of the listener.
    private const int EndpointsPerListener = 60;

    // The share of the routes that may be away.
    private const int RoutesPerAbsent = 10;

    private readonly Random _random = new(seed);
    private readonly HashSet<int> _absent = [];
    private long _sent;

    /// <summary>Updates sent.</summary>
    public long Sent => Volatile.Read(ref _sent);

    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(BetweenEndpoints);
        try
        {
            for (var i = 1; await timer.WaitForNextTickAsync(stop); i++)
            {
                MoveRoute();
                if (i % EndpointsPerListener == 0)
                {
                    ChangeListener();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The soak is over; all routes come back for what follows.
            foreach (var route in _absent)
            {
                context.History.Set(route, isPresent: true, context.Elapsed);
            }

            _absent.Clear();
            Publish();
        }
    }

    private void MoveRoute()
    {
        var route = _random.Next(context.Routes.Count);
        var backend = _random.Next(context.Routes.BackendPorts.Count);
        context.History.Move(route, backend, context.Elapsed);
        controlPlane.Publish(route, context.Routes.BackendPorts[backend], weight: _random.Next(1, 100));
        Interlocked.Increment(ref _sent);
    }

    private void ChangeListener()
    {
        for (var changes = _random.Next(1, 10); changes > 0; changes--)
        {
            var route = _random.Next(context.Routes.Count);
            if (_absent.Remove(route))
            {
                context.History.Set(route, isPresent: true, context.Elapsed);
            }
            else if (_absent.Count < context.Routes.Count / RoutesPerAbsent)
            {
                _absent.Add(route);
                context.History.Set(route, isPresent: false, context.Elapsed);
            }
        }

        Publish();
        Interlocked.Increment(ref _sent);
    }

    private void Publish() => controlPlane.PublishListener([.. Enumerable.Range(0, context.Routes.Count).Where(route => !_absent.Contains(route))]);
}
