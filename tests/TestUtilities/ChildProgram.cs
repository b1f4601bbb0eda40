using System.Diagnostics;
using System.Text;

namespace Zoneway.TestUtilities;

/// <summary>A program that a test talks to over its standard streams. It is ended with the test.</summary>
public sealed class ChildProgram : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly Task _reading;

    private ChildProgram(Process process)
    {
        _process = process;
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));
    }

    /// <summary>All it has written so far, to standard output and standard error.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Ends it as an operator would, with SIGTERM, and waits until it has ended.</summary>
    /// <param name="isLauncher">Whether the signal is for the program that this one has started.</param>
    public async Task TerminateAsync(bool isLauncher = false)
    {
        string id = isLauncher ? await File.ReadAllTextAsync($"/proc/{_process.Id}/task/{_process.Id}/children") : $"{_process.Id}";
        using var kill = Process.Start("kill", ["-TERM", id.Trim()]);
        await kill.WaitForExitAsync().WithinLimit();
        await _process.WaitForExitAsync().WithinLimit();
    }

    public static ChildProgram Start(string program, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        return new ChildProgram(Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start."));
    }

    public async Task WriteLineAsync(string line)
    {
        await _process.StandardInput.WriteAsync(line + "\n");
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Waits until it has written a text.</summary>
    /// <exception cref="InvalidOperationException">It ended without it; the message has its whole output.</exception>
    public async Task ExpectAsync(string text)
    {
        await Eventually.TrueAsync(() => Output.Contains(text, StringComparison.Ordinal) || _reading.IsCompleted, what: $"'{text}' in the output");
        if (!Output.Contains(text, StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"The program ended without '{text}':\n{Output}");
        }
    }

    /// <summary>Waits for its end, for as long as the test says.</summary>
    public Task EndedAsync(TimeSpan limit) => _process.WaitForExitAsync().WaitAsync(limit);

    /// <summary>Closes its standard input and waits for its end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> FinishAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync().WithinLimit();
        await _reading.WithinLimit();
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync().WithinLimit();
        }

        _process.Dispose();
    }

    private async Task ReadAsync(StreamReader reader)
    {
        char[] buffer = new char[4096];
        while (await reader.ReadAsync(buffer) is var count and > 0)
        {
            lock (_output)
            {
                _output.Append(buffer, 0, count);
            }
        }
    }
}
