using System.Diagnostics;
using System.Text.Json;
using Zoneway.LoadTest.Load;
using Zoneway.LoadTest.Processes;

namespace Zoneway.LoadTest.Running;

/// <summary>The driver's side of the two processes that make and take the load.</summary>
internal sealed class LoadGenerator : IAsyncDisposable
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromMinutes(3);

    private readonly Process _backend;
    private readonly Process _client;
    private readonly Guard _guard;

    private LoadGenerator(Process backend, Process client, Guard guard, IReadOnlyList<int> backendPorts)
    {
        (_backend, _client, _guard) = (backend, client, guard);
        BackendPorts = backendPorts;
        Processes = [backend.Id, client.Id, guard.ProcessId, Environment.ProcessId];
    }

    /// <summary>Loopback port of each back end, by number.</summary>
    public IReadOnlyList<int> BackendPorts { get; }

    /// <summary>The harness's own processes.</summary>
    public IReadOnlyList<int> Processes { get; }

    /// <param name="backends">How many back ends.</param>
    /// <param name="directory">Where a file of counters may stand.</param>
    /// <param name="guard">Who ends the processes if this one cannot.</param>
    public static async Task<LoadGenerator> StartAsync(int backends, string directory, Guard guard)
    {
        var counters = Path.Combine(directory, "counters");
        var backend = OwnProgram.Start("backend", $"{backends}", counters);
        guard.Watch(backend.Id);
        var ports = await ReadAsync<int[]>(backend);
        var client = OwnProgram.Start("load", counters);
        guard.Watch(client.Id);
        return new LoadGenerator(backend, client, guard, ports);
    }

    /// <summary>Takes one sample.</summary>
    public async Task<LoadResult> RunAsync(LoadRequest request)
    {
        await _client.StandardInput.WriteLineAsync(JsonSerializer.Serialize(request with { HarnessProcesses = Processes }));
        return await ReadAsync<LoadResult>(_client);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var process in new[] { _client, _backend })
        {
            process.StandardInput.Close();
            await process.WaitForExitAsync();
            _guard.Forget(process.Id);
            process.Dispose();
        }
    }

    private static async Task<T> ReadAsync<T>(Process process)
    {
        var line = await process.StandardOutput.ReadLineAsync().WaitAsync(AnswerLimit);
        return JsonSerializer.Deserialize<T>(line ?? throw new InvalidOperationException("A process of the load generator has ended."))!;
    }
}
