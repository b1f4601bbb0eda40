using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Zoneway.Egress.Tests;

/// <summary>zone-egress as a process of its own, with an environment that holds only what the test says.</summary>
internal sealed partial class ChildProgram : IAsyncDisposable
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(60);

    private static int LastPort = Environment.ProcessId * 37;

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();

    private ChildProgram(Process process) => _process = process;

    public string Output => string.Join('\n', _output);

    /// <summary>The process id.</summary>
    public int Id => _process.Id;

    public static ChildProgram Start(IReadOnlyDictionary<string, string> environment, params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "zone-egress.dll"), .. args])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(IsSetting).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var program = new ChildProgram(new Process { StartInfo = start });
        program._process.OutputDataReceived += (_, line) => program.Add(line.Data);
        program._process.ErrorDataReceived += (_, line) => program.Add(line.Data);
        program._process.Start();
        program._process.BeginOutputReadLine();
        program._process.BeginErrorReadLine();
        return program;
    }

    /// <summary>Runs to the end.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(IReadOnlyDictionary<string, string> environment, params string[] args)
    {
        await using var program = Start(environment, args);
        return (await program.ExitCodeAsync(), program.Output);
    }

    public async Task<int> ExitCodeAsync()
    {
        using var limit = new CancellationTokenSource(TimeLimit);
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    /// <summary>Sends SIGTERM.</summary>
    public async Task TerminateAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Waits until a path of the program's HTTP endpoint answers with a text.</summary>
    public async Task AnswersAsync(int port, string path, string text)
    {
        using var http = new HttpClient { Timeout = TimeLimit };
        using var limit = new CancellationTokenSource(TimeLimit);
        while (await GetAsync(http, port, path) != text)
        {
            Assert.False(limit.IsCancellationRequested || _process.HasExited, $"{path} did not say {text}:\n{Output}");
            // Between two looks only: what ends the wait is the condition.
            await Task.Delay(20, CancellationToken.None);
        }
    }

    /// <summary>Waits until its listener accepts, and says where: what listens on any port tells the one it got.</summary>
    public async Task<IPEndPoint> AcceptsAsync()
    {
        using var limit = new CancellationTokenSource(TimeLimit);
        while (true)
        {
            if (Accepts.Match(Output) is { Success: true } match)
            {
                return IPEndPoint.Parse(match.Groups["address"].ValueSpan);
            }

            Assert.False(limit.IsCancellationRequested || _process.HasExited, $"No listener accepts:\n{Output}");
            // Between two looks only: what ends the wait is the condition.
            await Task.Delay(20, CancellationToken.None);
        }
    }

    /// <summary>
    /// A port that nothing listens on, a different one each time, for what takes only numbers. Below the range that Linux gives to connections and to whoever asks for any port: one of that range
    /// may be somebody else's before it is used.
    /// </summary>
    public static int FreePort()
    {
        const int First = 10_000;
        const int Count = 9_000;
        while (true)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref LastPort) % Count);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    [GeneratedRegex(@"Listener \S+ accepts on (?<address>[\d.]+:\d+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Accepts { get; }

    private static bool IsSetting(string name) =>
        name.StartsWith("KUMA_", StringComparison.Ordinal) || name.StartsWith("ZONEWAY_", StringComparison.Ordinal) || name.StartsWith("POD_", StringComparison.Ordinal);

    private static async Task<string> GetAsync(HttpClient http, int port, string path)
    {
        try
        {
            using var response = await http.GetAsync(new Uri($"http://127.0.0.1:{port}{path}"));
            return await response.Content.ReadAsStringAsync();
        }
        catch (HttpRequestException)
        {
            return "";
        }
    }

    private void Add(string? line)
    {
        if (line is not null)
        {
            _output.Enqueue(line);
        }
    }
}
