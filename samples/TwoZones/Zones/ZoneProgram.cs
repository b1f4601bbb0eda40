using Zoneway.TwoZones.Processes;

namespace Zoneway.TwoZones.Zones;

/// <summary>A zone's control plane, ingress or egress: a program that can be started, stopped and started again.</summary>
/// <param name="name">What it is called in messages.</param>
/// <param name="program">Its assembly.</param>
/// <param name="readyPort">Where it answers <c>GET /ready</c>.</param>
/// <param name="arguments">Its arguments.</param>
/// <param name="children">Starts it.</param>
/// <param name="readiness">Asks it.</param>
internal sealed class ZoneProgram(
    string name, string program, int readyPort, IReadOnlyList<string> arguments, ChildProcesses children, Readiness readiness)
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(8);

    private ChildProcess? _child;

    /// <summary>Starts it and waits until it is ready.</summary>
    /// <exception cref="CheckFailedException">It is not.</exception>
    public async Task StartAsync(CancellationToken cancellation)
    {
        _child = children.Start(name, program, arguments);
        await readiness.WaitAsync(_child, readyPort, cancellation);
    }

    /// <summary>Asks it to end, without waiting.</summary>
    public void Terminate() => _child?.Terminate();

    /// <summary>Asks it to end and waits until it has.</summary>
    /// <exception cref="CheckFailedException">It had to be killed, or ended with an error.</exception>
    public async Task StopAsync(CancellationToken cancellation)
    {
        if (_child is { } child && (!await child.StopAsync(StopLimit, cancellation) || child.ExitCode != 0))
        {
            throw new CheckFailedException($"{name} did not end in order within {StopLimit.TotalSeconds} s: exit code {child.ExitCode}");
        }
    }

    /// <summary>Checks that it runs and is ready.</summary>
    /// <exception cref="CheckFailedException">It is not.</exception>
    public async Task CheckReadyAsync(CancellationToken cancellation)
    {
        if (!await readiness.IsReadyAsync(readyPort, cancellation))
        {
            throw new CheckFailedException($"{name} is not ready any more");
        }
    }
}
