using System.Diagnostics;
using Zoneway.LoadTest.Load;
using Zoneway.LoadTest.Measuring;

namespace Zoneway.LoadTest.Processes;

/// <summary>A contender's process: what it writes is kept, at most its last lines, and it ends with all its children when this is disposed.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private const int MostLines = 20;
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly Guard _guard;
    private readonly Queue<string> _output = new();

    private ChildProcess(Process process, Guard guard)
    {
        _process = process;
        _guard = guard;
        guard.Watch(process.Id);
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>The last lines that it wrote.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return string.Join(" | ", _output);
            }
        }
    }

    public static ChildProcess Start(string program, IReadOnlyList<string> arguments, Guard guard)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} does not start.");
        process.StandardInput.Close();
        return new ChildProcess(process, guard);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        var children = ProcessTable.Tree(Id).Skip(1).Select(child => (child, ProcessTable.StartTicks(child))).ToList();
        if (!_process.HasExited)
        {
            NativeCalls.Terminate(Id);
            await WaitAsync();
        }

        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await WaitAsync();
        }

        _guard.Forget(Id);
        _process.Dispose();
        EndOrphans(children);
    }

    private async Task WaitAsync()
    {
        using var limit = new CancellationTokenSource(EndLimit);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // The caller looks whether it has ended.
        }
    }

    // Children end with their parent; one that did not has no other to see to it.
    private static void EndOrphans(List<(int Process, long StartTicks)> children)
    {
        foreach (var (process, startTicks) in children)
        {
            if (startTicks != 0 && ProcessTable.StartTicks(process) == startTicks)
            {
                NativeCalls.Terminate(process);
            }
        }
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            lock (_output)
            {
                _output.Enqueue(line);
                if (_output.Count > MostLines)
                {
                    _output.Dequeue();
                }
            }
        }
    }
}
