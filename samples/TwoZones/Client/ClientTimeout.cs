namespace Zoneway.TwoZones.Client;

/// <summary>A time limit within a cancellation, and the difference between the two when an operation was cut.</summary>
internal sealed class ClientTimeout : IDisposable
{
    private readonly TimeSpan _limit;
    private readonly CancellationToken _outer;
    private readonly CancellationTokenSource _source;

    public ClientTimeout(TimeSpan limit, CancellationToken outer)
    {
        _limit = limit;
        _outer = outer;
        _source = CancellationTokenSource.CreateLinkedTokenSource(outer);
        _source.CancelAfter(limit);
    }

    public CancellationToken Token => _source.Token;

    /// <summary>What to throw in place of an expected exception. An outer cancellation leaves as it is.</summary>
    public Exception Explain(Exception exception, string phase)
    {
        if (exception is not OperationCanceledException)
        {
            return new ClientException($"{phase}: {exception.Message}", exception);
        }

        return _outer.IsCancellationRequested
            ? new OperationCanceledException(_outer)
            : new ClientException($"{phase}: nothing came within {_limit.TotalSeconds:0.#} s", exception);
    }

    public void Dispose() => _source.Dispose();
}
