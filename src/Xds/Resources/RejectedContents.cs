namespace Zoneway.Xds.Resources;

/// <summary>
/// Contents that were rejected before, whenever that was. A control plane may stall its whole stream on every NACK and then send the same
/// again (protocol §3.3), so each content is NACKed once. Remembers the last <see cref="Capacity"/>.
/// </summary>
internal sealed class RejectedContents
{
    /// <summary>Contents remembered; of more, the oldest are NACKed again.</summary>
    public const int Capacity = 10_000;

    private readonly HashSet<(string Resource, Digest Content)> _known = [];
    private readonly Queue<(string Resource, Digest Content)> _oldestFirst = [];

    /// <summary>Tells new errors from old ones, and remembers the new ones.</summary>
    public List<ResourceError> Judge(IReadOnlyCollection<ResourceProblem> problems)
    {
        var errors = problems.Select(problem =>
            new ResourceError(problem.Resource, problem.Field, problem.Reason, IsNew: !_known.Contains((problem.Resource, problem.Content)))).ToList();
        // Only now: every error of a new content is new, not just its first one.
        foreach (var problem in problems)
        {
            Remember((problem.Resource, problem.Content));
        }

        return errors;
    }

    private void Remember((string Resource, Digest Content) content)
    {
        if (!_known.Add(content))
        {
            return;
        }

        _oldestFirst.Enqueue(content);
        if (_oldestFirst.Count > Capacity)
        {
            _known.Remove(_oldestFirst.Dequeue());
        }
    }
}
