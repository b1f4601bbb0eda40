using System.Diagnostics;

namespace Zoneway.Xds.Tests.Grpc.Interop;

/// <summary>One of the Python scripts beside this file, running.</summary>
internal sealed class GrpcioScript : IAsyncDisposable
{
    // Debian's own Python has Debian's packages; the first on the PATH may be another.
    private const string Python = "/usr/bin/python3";

    private static readonly Lazy<bool> IsInstalled = new(CanImportGrpc);

    private readonly Process _process;
    private readonly Task<string> _errors;

    private GrpcioScript(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Null when the scripts can run.</summary>
    public static string? ReasonToSkip => IsInstalled.Value ? null : "python3-grpcio is not installed (apt-get install python3-grpcio)";

    /// <summary>Process id of the interpreter.</summary>
    public int ProcessId => _process.Id;

    public static GrpcioScript Start(string name, params IEnumerable<string> arguments) =>
        new(StartPython([Path.Combine(AppContext.BaseDirectory, "Grpc", "Interop", name), .. arguments]));

    /// <summary>The next line printed; null at the end.</summary>
    public async Task<string?> ReadLineAsync() => await _process.StandardOutput.ReadLineAsync().WaitAsync(KestrelServer.Limit);

    /// <summary>All lines until the script ends, which it must do with success.</summary>
    public async Task<IReadOnlyList<string>> ReadToEndAsync()
    {
        List<string> lines = [];
        while (await ReadLineAsync() is { } line)
        {
            lines.Add(line);
        }

        await _process.WaitForExitAsync().WaitAsync(KestrelServer.Limit);
        Assert.True(_process.ExitCode == 0, $"after {string.Join(", ", lines)}: {await _errors}");
        return lines;
    }

    public async Task WriteLineAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    public void Kill() => _process.Kill();

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static bool CanImportGrpc()
    {
        if (!File.Exists(Python))
        {
            return false;
        }

        using var process = StartPython(["-c", "import grpc"]);
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    private static Process StartPython(IEnumerable<string> arguments) => Process.Start(new ProcessStartInfo(Python, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        UseShellExecute = false,
    })!;
}
