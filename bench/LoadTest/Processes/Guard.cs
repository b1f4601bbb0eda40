using System.ComponentModel;
using System.Diagnostics;
using Zoneway.LoadTest.Measuring;

namespace Zoneway.LoadTest.Processes;

/// <summary>
/// Sees to it that nothing outlives the harness, even one that is killed: a child that knows every process started and, when its standard input ends, ends those that are
/// left, by ID and start time, and deletes the directory of files. Protocol: <c>+ID</c> and <c>-ID</c>, one per line.
/// </summary>
internal sealed class Guard(string directory) : IAsyncDisposable
{
    private readonly Process _process = OwnProgram.Start("guard", directory);

    public int ProcessId => _process.Id;

    public void Watch(int process) => _process.StandardInput.WriteLine($"+{process}");

    public void Forget(int process) => _process.StandardInput.WriteLine($"-{process}");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>The child's side.</summary>
    /// <param name="directory">What is deleted in the end.</param>
    public static int Run(string directory)
    {
        var watched = new Dictionary<int, long>();
        while (Console.In.ReadLine() is { Length: > 1 } line)
        {
            var process = int.Parse(line.AsSpan(1));
            if (line[0] == '-')
            {
                watched.Remove(process);
            }
            else
            {
                watched[process] = ProcessTable.StartTicks(process);
            }
        }

        foreach (var (process, startTicks) in watched)
        {
            End(process, startTicks);
        }

        Directory.Delete(directory, recursive: true);
        return 0;
    }

    // An ID alone could be that of a later process by now.
    private static void End(int id, long startTicks)
    {
        if (startTicks == 0 || ProcessTable.StartTicks(id) != startTicks)
        {
            return;
        }

        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // It ended by itself in the meantime.
        }
    }
}
