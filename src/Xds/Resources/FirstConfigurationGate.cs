namespace Zoneway.Xds.Resources;

/// <summary>
/// Opens once, when the first set of configuration is complete: clusters and listeners were received, and with them every assignment and secret that
/// they ask for, or the time to wait for those is over.
/// </summary>
internal sealed class FirstConfigurationGate : IDisposable
{
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TimeSpan _timeout;
    private readonly ITimer _timer;
    private HashSet<string>? _missing;
    private bool _clusters;
    private bool _listeners;

    public FirstConfigurationGate(TimeProvider time, TimeSpan timeout)
    {
        _timeout = timeout;
        _timer = time.CreateTimer(static opened => ((TaskCompletionSource)opened!).TrySetResult(), _opened, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Completes when the gate opens.</summary>
    public Task Opened => _opened.Task;

    /// <summary>Notes that clusters were received.</summary>
    /// <param name="missing">The names of what is asked for and not there yet.</param>
    public void ClustersReceived(IEnumerable<string> missing)
    {
        _clusters = true;
        Check(missing);
    }

    /// <summary>Notes that listeners were received.</summary>
    /// <param name="missing">The names of what is asked for and not there yet.</param>
    public void ListenersReceived(IEnumerable<string> missing)
    {
        _listeners = true;
        Check(missing);
    }

    /// <summary>Notes that assignments or secrets were received.</summary>
    public void Received(IEnumerable<XdsResource> resources)
    {
        if (Opened.IsCompleted || _missing is null)
        {
            return;
        }

        _missing.ExceptWith(resources.Select(resource => resource.Name));
        OpenWhenComplete();
    }

    public void Dispose() => _timer.Dispose();

    private void Check(IEnumerable<string> missing)
    {
        if (Opened.IsCompleted || !_clusters || !_listeners)
        {
            return;
        }

        if (_missing is null)
        {
            _timer.Change(_timeout, Timeout.InfiniteTimeSpan);
        }

        _missing = missing.ToHashSet(StringComparer.Ordinal);
        OpenWhenComplete();
    }

    private void OpenWhenComplete()
    {
        if (_missing is { Count: 0 })
        {
            _opened.TrySetResult();
        }
    }
}
