using System.Net;
using Zoneway.SniRouter.Routing;

namespace Zoneway.Xds.Tests.Resources;

/// <summary>Binds nothing, and remembers what it was asked for. A port in <see cref="Taken"/> cannot be bound.</summary>
internal sealed class FakeListenerBinder : IListenerBinder
{
    public Dictionary<string, IPEndPoint> Bound { get; } = [];

    public HashSet<int> Taken { get; } = [];

    public int BindCalls { get; private set; }

    public ValueTask<string?> BindAsync(string listener, IPEndPoint address, CancellationToken cancellationToken)
    {
        BindCalls++;
        if (Taken.Contains(address.Port))
        {
            return ValueTask.FromResult<string?>($"{address} is taken");
        }

        Bound[listener] = address;
        return ValueTask.FromResult<string?>(null);
    }

    public ValueTask UnbindAsync(string listener, CancellationToken cancellationToken)
    {
        Bound.Remove(listener);
        return ValueTask.CompletedTask;
    }
}
