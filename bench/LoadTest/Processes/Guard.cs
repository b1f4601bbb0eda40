using System.Diagnostics;

namespace Zoneway.LoadTest.Processes;

/// <summary>
/// Sees to it that nothing outlives the harness, even one that is killed: a child that knows every process started and, when its standard input ends, ends
/// those that are left, by ID and start time. Protocol: <c>+ID</c> and <c>-ID</c>, one per line.
/// </summary>
internal sealed class Guard : IAsyncDisposable
{
    private readonly Process _process = OwnProgram.Start("guard");

    public int ProcessId => _process.Id;

    public void Watch(int process) => _process.StandardInput.WriteLine($"+{process}");

    public void Forget(int process) => _process.StandardInput.WriteLine($"-{process}");

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>The child's side.</summary>
    public static int Run()
    {
        var watched = new Dictionary<int, Process>();
        while (Console.In.ReadLine() is { Length: > 1 } line)
        {
            var id = int.Parse(line.AsSpan(1));
            if (line[0] == '-')
            {
                watched.Remove(id);
            }
            else if (Find(id) is { } process)
            {
                watched[id] = process;
            }
        }

        foreach (var process in watched.Values)
        {
            End(process);
        }

        return 0;
    }

    private static Process? Find(int id)
    {
        try
        {
            var process = Process.GetProcessById(id);
            // Read now, and remembered: by it the process is told from a later one with the same ID.
            _ = process.StartTime;
            return process;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    private static void End(Process process)
    {
        if (Find(process.Id) is { } current && current.StartTime == process.StartTime)
        {
            current.Kill(entireProcessTree: true);
        }
    }
}
