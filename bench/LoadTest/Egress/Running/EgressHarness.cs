using System.Diagnostics;
using System.Text.Json;
using Zoneway.LoadTest.Egress.Contenders;
using Zoneway.LoadTest.Egress.Load;
using Zoneway.LoadTest.Load;
using Zoneway.LoadTest.Processes;
using Zoneway.LoadTest.Running;

namespace Zoneway.LoadTest.Egress.Running;

/// <summary>All that a run needs besides contenders: clients, back ends, certificates, guard, and a directory for files. Nothing of it is left when it is disposed.</summary>
internal sealed class EgressHarness : IAsyncDisposable
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan BetweenProbes = TimeSpan.FromMilliseconds(50);

    private readonly DirectoryInfo _directory;
    private readonly Guard _guard;
    private readonly Process _backend;
    private readonly Process _load;
    private readonly Dictionary<string, int> _backendPorts;
    private readonly bool _isTls12;
    private int _started;

    private EgressHarness(DirectoryInfo directory, Guard guard, Process backend, Process load, Dictionary<string, int> backendPorts, bool isTls12) =>
        (_directory, _guard, _backend, _load, _backendPorts, _isTls12) = (directory, guard, backend, load, backendPorts, isTls12);

    private string Certificates => _directory.FullName;

    public static async Task<EgressHarness> StartAsync(bool isTls12)
    {
        var directory = Directory.CreateTempSubdirectory("zoneway-egress-load-");
        // nginx reads its files as root, but its workers look into their directory as someone else.
        directory.UnixFileMode |= UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        var guard = new Guard(directory.FullName);
        BenchCertificates.Write(directory.FullName);
        var backend = Start(guard, "egress-backend", directory.FullName);
        var ports = await ReadAsync<Dictionary<string, int>>(backend);
        return new EgressHarness(directory, guard, backend, Start(guard, "egress-load", directory.FullName), ports, isTls12);
    }

    /// <summary>Starts a contender and waits until it serves every service.</summary>
    /// <exception cref="ContenderFailedException">It does not.</exception>
    public async Task<RunningEgress> StartAsync(EgressContender contender)
    {
        var setup = new EgressSetup(
            EgressService.All.ToDictionary(service => service.Name, _ => FreePort.Take()),
            _backendPorts,
            Certificates,
            _directory.CreateSubdirectory($"{contender.Name}-{++_started}").FullName,
            ResourceLimits.Descriptors());
        var start = contender.Prepare(setup);
        var running = new RunningEgress(contender, setup, ChildProcess.Start(start.Program, start.Arguments, _guard));
        try
        {
            foreach (var service in EgressService.All)
            {
                await WaitUntilServingAsync(running, service);
            }

            return running;
        }
        catch
        {
            await running.DisposeAsync();
            throw;
        }
    }

    /// <summary>Takes one sample.</summary>
    public async Task<LoadResult> RunAsync(EgressLoadRequest request)
    {
        int[] own = [_backend.Id, _load.Id, _guard.ProcessId, Environment.ProcessId];
        await _load.StandardInput.WriteLineAsync(JsonSerializer.Serialize(request with { HarnessProcesses = own, IsTls12 = _isTls12 }));
        return await ReadAsync<LoadResult>(_load);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var process in new[] { _load, _backend })
        {
            process.StandardInput.Close();
            await process.WaitForExitAsync();
            _guard.Forget(process.Id);
            process.Dispose();
        }

        await _guard.DisposeAsync();
    }

    private async Task WaitUntilServingAsync(RunningEgress running, EgressService service)
    {
        var limit = Clock.Now + ReadyLimit.Nanoseconds();
        var probe = new EgressLoadRequest { Kind = service.IsHttp ? EgressLoadKind.Http1 : EgressLoadKind.Echo, Port = 0, Connections = 1, Duration = default };
        while (await RunAsync(running.Request(service, probe, default, BetweenProbes)) is { Failures: > 0 } result)
        {
            if (running.HasExited || Clock.Now > limit)
            {
                var state = running.HasExited ? "has ended" : $"does not serve {service.Name} ({string.Join("; ", result.FailureReasons)})";
                throw new ContenderFailedException($"{running.Contender.Name} {state}: {running.Output}");
            }

            await Task.Delay(BetweenProbes);
        }
    }

    private static Process Start(Guard guard, params IReadOnlyList<string> arguments)
    {
        var process = OwnProgram.Start(arguments);
        guard.Watch(process.Id);
        return process;
    }

    private static async Task<T> ReadAsync<T>(Process process)
    {
        var line = await process.StandardOutput.ReadLineAsync().WaitAsync(AnswerLimit);
        return JsonSerializer.Deserialize<T>(line ?? throw new InvalidOperationException("A process of the load generator has ended."))!;
    }
}
