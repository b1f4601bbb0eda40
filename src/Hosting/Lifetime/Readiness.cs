using System.Net;

namespace Zoneway.Hosting.Lifetime;

/// <summary>Whether this proxy wants traffic. Safe on any thread.</summary>
/// <param name="isConfigured">Whether the first configuration is in force.</param>
/// <param name="listeners">The wanted listeners and where each accepts; null for one that could not be bound.</param>
internal sealed class Readiness(Func<bool> isConfigured, Func<IReadOnlyDictionary<string, IPEndPoint?>> listeners)
{
    private volatile bool _wasReady;
    private volatile bool _isTerminating;
    private volatile bool _isFailed;

    /// <summary>Whether an operator wants no traffic here, whatever the state is otherwise (<c>/healthcheck/fail</c>).</summary>
    public bool IsFailed
    {
        get => _isFailed;
        set => _isFailed = value;
    }

    /// <summary>The state now.</summary>
    /// <remarks>Ready is kept once reached: a listener that is added later and cannot be bound must not take traffic from those that work.</remarks>
    public ReadinessState State
    {
        get
        {
            if (_isTerminating)
            {
                return ReadinessState.Terminating;
            }

            _wasReady = _wasReady || (isConfigured() && AreAllBound(listeners()));
            return _wasReady && !_isFailed ? ReadinessState.Ready : ReadinessState.NotReady;
        }
    }

    /// <summary>From now on the program is ending.</summary>
    public void Terminate() => _isTerminating = true;

    // Without any listener there is nothing that traffic could be for.
    private static bool AreAllBound(IReadOnlyDictionary<string, IPEndPoint?> listeners) =>
        listeners.Count > 0 && listeners.Values.All(bound => bound is not null);
}
