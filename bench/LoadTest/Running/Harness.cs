using Zoneway.LoadTest.Contenders;
using Zoneway.LoadTest.Load;
using Zoneway.LoadTest.Processes;

namespace Zoneway.LoadTest.Running;

/// <summary>All that a run needs besides contenders: load generator, back ends, guard, and a directory for files. Nothing of it is left when it is disposed.</summary>
internal sealed class Harness : IAsyncDisposable
{
    /// <summary>Routes of the cases that are not about the number of routes, and back ends of all.</summary>
    public const int Backends = 8;

    private const int ProbedRoutes = 8;
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan BetweenProbes = TimeSpan.FromMilliseconds(20);

    private readonly DirectoryInfo _directory;
    private readonly Guard _guard;
    private int _started;

    private Harness(DirectoryInfo directory, Guard guard, LoadGenerator load)
    {
        (_directory, _guard, Load) = (directory, guard, load);
    }

    public LoadGenerator Load { get; }

    /// <summary>File descriptors that each process may have.</summary>
    public int DescriptorLimit { get; } = ResourceLimits.Descriptors();

    public static async Task<Harness> StartAsync()
    {
        var directory = Directory.CreateTempSubdirectory("zoneway-load-");
        var guard = new Guard(directory.FullName);
        return new Harness(directory, guard, await LoadGenerator.StartAsync(Backends, directory.FullName, guard));
    }

    public RouteSet Routes(int count) => new(count, Load.BackendPorts);

    /// <summary>Starts a contender and waits until it serves its routes.</summary>
    /// <exception cref="ContenderFailedException">It does not.</exception>
    public Task<RunningContender> StartAsync(Contender contender, int routes)
    {
        var setup = new ContenderSetup(FreePort.Take(), Routes(routes), Subdirectory(contender.Name), DescriptorLimit);
        return StartAsync(contender, setup, contender.Prepare(setup));
    }

    /// <inheritdoc cref="StartAsync(Contender, int)"/>
    /// <param name="contender">The contender.</param>
    /// <param name="setup">What it has to serve.</param>
    /// <param name="start">How it is started; null for no process.</param>
    public async Task<RunningContender> StartAsync(Contender contender, ContenderSetup setup, ProgramStart? start)
    {
        if (start is null)
        {
            return new RunningContender(contender, setup.Routes, null, null);
        }

        var process = ChildProcess.Start(start.Program, start.Arguments, _guard);
        try
        {
            await WaitUntilServingAsync(contender, setup, process);
            return new RunningContender(contender, setup.Routes, setup.Port, process);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>A directory of its own for a contender.</summary>
    public string Subdirectory(string name) => _directory.CreateSubdirectory($"{name}-{++_started}").FullName;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Load.DisposeAsync();
        await _guard.DisposeAsync();
    }

    private static async Task WaitUntilServingAsync(Contender contender, ContenderSetup setup, ChildProcess process)
    {
        var limit = Clock.Now + ReadyLimit.Nanoseconds();
        while (await RouteProbe.AskAsync(setup.Port, 0) is null)
        {
            if (process.HasExited || Clock.Now > limit)
            {
                throw new ContenderFailedException($"{contender.Name} {(process.HasExited ? "ended" : "does not serve")}: {process.Output}");
            }

            await Task.Delay(BetweenProbes);
        }

        for (var i = 0; i < Math.Min(ProbedRoutes, setup.Routes.Count); i++)
        {
            var route = setup.Routes.Count - 1 - i;
            if (await RouteProbe.AskAsync(setup.Port, route) is var backend && backend != setup.Routes.Backend(route))
            {
                throw new ContenderFailedException($"{contender.Name} routes {RouteSet.ServerName(route)} to back end {backend?.ToString() ?? "none"}: {process.Output}");
            }
        }
    }
}

/// <summary>A contender that does not start, or does not serve its routes.</summary>
internal sealed class ContenderFailedException(string message) : Exception(message);
