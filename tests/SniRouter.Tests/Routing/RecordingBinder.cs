using System.Net;
using Zoneway.SniRouter.Routing;

namespace Zoneway.SniRouter.Tests.Routing;

/// <summary>Binds nothing and remembers what it was asked for, and what the routes were at that moment.</summary>
internal sealed class RecordingBinder : IListenerBinder
{
    private readonly Dictionary<IPEndPoint, string> _owners = [];

    public List<string> Calls { get; } = [];

    /// <summary>Called at every bind and unbind.</summary>
    public Action? OnCall { get; set; }

    public ValueTask<string?> BindAsync(string listener, IPEndPoint address, CancellationToken cancellationToken)
    {
        Calls.Add($"bind {listener} {address.Port}");
        OnCall?.Invoke();
        if (_owners.TryGetValue(address, out string? owner) && owner != listener)
        {
            return ValueTask.FromResult<string?>($"{address} belongs to {owner}");
        }

        Free(listener);
        _owners[address] = listener;
        return ValueTask.FromResult<string?>(null);
    }

    public ValueTask UnbindAsync(string listener, CancellationToken cancellationToken)
    {
        Calls.Add($"unbind {listener}");
        OnCall?.Invoke();
        Free(listener);
        return ValueTask.CompletedTask;
    }

    private void Free(string listener)
    {
        foreach (var (address, owner) in _owners.ToList())
        {
            if (owner == listener)
            {
                _owners.Remove(address);
            }
        }
    }
}
