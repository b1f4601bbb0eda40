using System.Diagnostics;

namespace Zoneway.TwoZones.Processes;

/// <summary>A program that this process has started and ends. Its output is kept, the last lines of it.</summary>
internal sealed class ChildProcess : IDisposable
{
    private const int MaxLines = 200;

    private static readonly TimeSpan OutputLimit = TimeSpan.FromSeconds(1);

    private readonly Process _process;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action<string, string> _onLine;
    private readonly Lock _gate = new();
    private readonly Queue<string> _lines = [];
    private readonly Signal _changed = new();
    private readonly Task _exited;
    private volatile bool _hasExited;
    private bool _isAskedToEnd;

    private ChildProcess(string name, ProcessStartInfo start, Action<string, string> onLine)
    {
        Name = name;
        _onLine = onLine;
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.Exited += (_, _) => _ended.TrySetResult();
        _process.OutputDataReceived += OnOutput;
        _process.ErrorDataReceived += OnOutput;
        _process.Start();
        _process.StandardInput.Close();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        _exited = WatchExitAsync();
    }

    /// <summary>What it is called in messages.</summary>
    public string Name { get; }

    /// <summary>Whether it has ended; its output is here by then.</summary>
    public bool HasExited => _hasExited;

    /// <summary>How it ended. Valid after it has.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>Starts a program.</summary>
    /// <param name="name">What it is called in messages.</param>
    /// <param name="start">How to start it; its streams are redirected.</param>
    /// <param name="onLine">Gets the name and each line of output, on any thread.</param>
    public static ChildProcess Start(string name, ProcessStartInfo start, Action<string, string> onLine)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        return new ChildProcess(name, start, onLine);
    }

    /// <summary>The last lines it has written, oldest first.</summary>
    public IReadOnlyList<string> LastLines(int count = MaxLines)
    {
        lock (_gate)
        {
            return [.. _lines.TakeLast(count)];
        }
    }

    /// <summary>Waits for a line that begins with a text.</summary>
    /// <returns>What follows the text.</returns>
    /// <exception cref="ChildFailedException">It ended first, or wrote no such line in time.</exception>
    public async Task<string> WaitForLineAsync(string prefix, TimeSpan limit, CancellationToken cancellation)
    {
        string? Find() => LastLines().FirstOrDefault(line => line.StartsWith(prefix, StringComparison.Ordinal));
        await _changed.WaitAsync(() => HasExited || Find() is not null, limit, cancellation);
        return Find()?[prefix.Length..] ?? throw new ChildFailedException(this, $"wrote no line \"{prefix}…\" within {limit.TotalSeconds} s");
    }

    /// <summary>Waits until it has ended by itself.</summary>
    /// <returns>False when the limit was reached first.</returns>
    public Task<bool> WaitForExitAsync(TimeSpan limit, CancellationToken cancellation) => _changed.WaitAsync(() => HasExited, limit, cancellation);

    /// <summary>Asks it to end, without waiting. It is asked once only: a second request would make a proxy cut its drain short.</summary>
    public void Terminate()
    {
        if (!Interlocked.Exchange(ref _isAskedToEnd, true))
        {
            SystemCalls.Terminate(_process);
        }
    }

    /// <summary>Asks it to end and kills it when it has not within a limit.</summary>
    /// <returns>Whether it ended by itself.</returns>
    public async Task<bool> StopAsync(TimeSpan limit, CancellationToken cancellation = default)
    {
        Terminate();
        try
        {
            if (await WaitForExitAsync(limit, cancellation))
            {
                return true;
            }
        }
        catch (OperationCanceledException)
        {
            // No patience left; it is killed all the same.
        }

        _process.Kill(entireProcessTree: true);
        await _exited;
        return false;
    }

    public void Dispose() => _process.Dispose();

    private void OnOutput(object sender, DataReceivedEventArgs output)
    {
        if (output.Data is not { } line)
        {
            return;
        }

        lock (_gate)
        {
            if (_lines.Count == MaxLines)
            {
                _lines.Dequeue();
            }

            _lines.Enqueue(line);
        }

        _onLine(Name, line);
        _changed.Pulse();
    }

    private async Task WatchExitAsync()
    {
        await _ended.Task;
        using var limit = new CancellationTokenSource(OutputLimit);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // Something that it has started holds its output open; what matters has come.
        }

        _hasExited = true;
        _changed.Pulse();
    }
}
