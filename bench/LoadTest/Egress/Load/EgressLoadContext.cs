namespace Zoneway.LoadTest.Egress.Load;

/// <summary>What the clients of one sample share: whether it counts what they do, and what went wrong.</summary>
internal sealed class EgressLoadContext(int connections) : IDisposable
{
    private const int MostReasons = 5;
    private const int OpeningAtOnce = 16;

    private readonly TaskCompletionSource _allOpen = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _abort = new();
    private readonly List<string> _reasons = [];
    private volatile bool _isCounting;
    private volatile bool _isStopping;
    private int _pending = connections;

    /// <summary>Lets few clients open connections at a time, so that none waits for its handshake longer than a proxy allows.</summary>
    public SemaphoreSlim Opening { get; } = new(OpeningAtOnce);

    /// <summary>Whether what is done now counts.</summary>
    public bool IsCounting
    {
        get => _isCounting;
        set => _isCounting = value;
    }

    /// <summary>Whether clients close their connections after what they are at.</summary>
    public bool IsStopping
    {
        get => _isStopping;
        set => _isStopping = value;
    }

    /// <summary>Ends everything at once.</summary>
    public CancellationToken Abort => _abort.Token;

    /// <summary>Completes when every client has had an answer, or has failed.</summary>
    public Task AllOpen => _allOpen.Task;

    /// <summary>Connections that failed or were ended by the other side.</summary>
    public int Failures { get; private set; }

    /// <summary>Answers other than the back end's.</summary>
    public int WrongAnswers { get; private set; }

    public IReadOnlyList<string> Reasons => _reasons;

    /// <summary>A client has had its first answer, or has failed before.</summary>
    public void Opened()
    {
        if (Interlocked.Decrement(ref _pending) == 0)
        {
            _allOpen.TrySetResult();
        }
    }

    public void Fail(string reason, bool isWrongAnswer = false)
    {
        lock (_reasons)
        {
            Failures++;
            WrongAnswers += isWrongAnswer ? 1 : 0;
            if (_reasons.Count < MostReasons)
            {
                _reasons.Add(reason);
            }
        }
    }

    public void AbortAll() => _abort.Cancel();

    /// <inheritdoc/>
    public void Dispose()
    {
        _abort.Dispose();
        Opening.Dispose();
    }
}
