using Zoneway.SniRouter.Routing;

namespace Zoneway.Xds.Resources;

/// <summary>
/// What the data plane could not do for listeners, such as binding a port that is taken. It may turn up long after the listener was
/// sent, when the last of its clusters becomes ready, and is reported with the next answer about listeners.
/// </summary>
internal sealed class ListenerProblems
{
    private readonly Dictionary<string, List<DataPlaneProblem>> _byListener = new(StringComparer.Ordinal);

    /// <summary>Every problem there is now.</summary>
    public IEnumerable<ResourceProblem> All =>
        _byListener.Values.SelectMany(problems => problems).Select(problem => new ResourceProblem(problem.Listener, "", problem.Reason, Digest.Of(problem.Reason)));

    /// <summary>Whether a listener has a problem.</summary>
    public bool Contains(string listener) => _byListener.ContainsKey(listener);

    /// <summary>Notes problems.</summary>
    public void Add(IEnumerable<DataPlaneProblem> problems)
    {
        foreach (var listener in problems.GroupBy(problem => problem.Listener, StringComparer.Ordinal))
        {
            _byListener[listener.Key] = [.. listener];
        }
    }

    /// <summary>Forgets the problems of listeners that get another chance, or that are gone.</summary>
    public void Forget(IEnumerable<string> listeners)
    {
        foreach (var listener in listeners)
        {
            _byListener.Remove(listener);
        }
    }
}
