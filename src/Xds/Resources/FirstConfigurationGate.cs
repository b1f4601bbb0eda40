namespace Zoneway.Xds.Resources;

/// <summary>
/// Opens once, when the first set of configuration is complete: clusters and listeners were received, and with them every assignment that
/// the clusters ask for, or the time to wait for those is over.
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
    public void ClustersReceived(IEnumerable<string> assignments, Func<string, bool> isReceived)
    {
        _clusters = true;
        Check(assignments, isReceived);
    }

    /// <summary>Notes that listeners were received.</summary>
    public void ListenersReceived(IEnumerable<string> assignments, Func<string, bool> isReceived)
    {
        _listeners = true;
        Check(assignments, isReceived);
    }

    /// <summary>Notes that assignments were received.</summary>
    public void AssignmentsReceived(IEnumerable<XdsResource> assignments)
    {
        if (Opened.IsCompleted || _missing is null)
        {
            return;
        }

        _missing.ExceptWith(assignments.Select(assignment => assignment.Name));
        OpenWhenComplete();
    }

    public void Dispose() => _timer.Dispose();

    private void Check(IEnumerable<string> assignments, Func<string, bool> isReceived)
    {
        if (Opened.IsCompleted || !_clusters || !_listeners)
        {
            return;
        }

        if (_missing is null)
        {
            _timer.Change(_timeout, Timeout.InfiniteTimeSpan);
        }

        _missing = assignments.Where(name => !isReceived(name)).ToHashSet(StringComparer.Ordinal);
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
