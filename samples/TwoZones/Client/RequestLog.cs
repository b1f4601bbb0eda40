namespace Zoneway.TwoZones.Client;

/// <summary>All requests to one service, in the order in which they were made. One writer, any number of readers.</summary>
internal sealed class RequestLog
{
    private readonly Lock _gate = new();
    private readonly List<Request> _requests = [];
    private readonly List<Request> _failures = [];

    /// <summary>Pulsed after each request.</summary>
    public Signal Changed { get; } = new();

    /// <summary>Requests made.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _requests.Count;
            }
        }
    }

    public void Add(Request request)
    {
        lock (_gate)
        {
            _requests.Add(request);
            if (request.Failure is not null)
            {
                _failures.Add(request);
            }
        }

        Changed.Pulse();
    }

    /// <summary>The requests that failed, oldest first.</summary>
    public IReadOnlyList<Request> Failures()
    {
        lock (_gate)
        {
            return [.. _failures];
        }
    }

    /// <summary>The last requests, oldest first: so many, or all when there are fewer.</summary>
    /// <param name="count">How many.</param>
    /// <param name="after">Requests from before this position are left out.</param>
    public IReadOnlyList<Request> Last(int count, int after = 0)
    {
        lock (_gate)
        {
            return _requests[Math.Min(_requests.Count, Math.Max(after, _requests.Count - count))..];
        }
    }

    /// <summary>Answers of each instance since the beginning.</summary>
    public IReadOnlyDictionary<Instance, int> CountByInstance() => Last(int.MaxValue)
        .Select(static request => request.Answer)
        .OfType<Instance>()
        .CountBy(static instance => instance)
        .ToDictionary();
}
