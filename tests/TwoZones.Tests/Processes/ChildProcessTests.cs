using System.Collections.Concurrent;
using System.Diagnostics;
using Zoneway.TwoZones.Processes;

namespace Zoneway.TwoZones.Tests.Processes;

public sealed class ChildProcessTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ConcurrentQueue<string> _lines = [];

    [Fact]
    public async Task WaitForLineAsync_LineComes_IsWhatFollowsThePrefix()
    {
        using var child = Start("echo starting; echo listening on 4711; exec sleep 60");

        Assert.Equal("4711", await child.WaitForLineAsync("listening on ", Patience, CancellationToken.None));

        Assert.True(await child.StopAsync(Patience));
        Assert.Equal(["test: starting", "test: listening on 4711"], _lines);
    }

    [Fact]
    public async Task WaitForLineAsync_ProgramEnds_SaysHow()
    {
        using var child = Start("echo broken >&2; exit 7");

        var exception = await Assert.ThrowsAsync<ChildFailedException>(() => child.WaitForLineAsync("listening on ", Patience, CancellationToken.None));

        Assert.Equal("test ended with code 7", exception.Message);
        Assert.Equal(["broken"], child.LastLines());
        Assert.False(exception.IsPortTaken);
    }

    [Fact]
    public async Task WaitForLineAsync_NothingInTime_SaysSo()
    {
        using var child = Start("exec sleep 60");

        var wait = child.WaitForLineAsync("listening on ", TimeSpan.FromMilliseconds(20), CancellationToken.None);

        await Assert.ThrowsAsync<ChildFailedException>(() => wait);
        await child.StopAsync(Patience);
    }

    [Fact]
    public async Task StopAsync_ProgramEndsOnRequest_IsTrueAndHasItsCode()
    {
        using var child = Start("trap 'echo bye; exit 3' TERM; echo ready; while :; do sleep 0.02; done");
        await child.WaitForLineAsync("ready", Patience, CancellationToken.None);

        Assert.True(await child.StopAsync(Patience));

        Assert.Equal(3, child.ExitCode);
        Assert.Equal("bye", child.LastLines(1).Single());
    }

    [Fact]
    public async Task StopAsync_ProgramIgnoresRequest_IsKilled()
    {
        using var child = Start("trap '' TERM; echo ready; exec sleep 60");
        await child.WaitForLineAsync("ready", Patience, CancellationToken.None);

        Assert.False(await child.StopAsync(TimeSpan.FromMilliseconds(20)));

        Assert.True(child.HasExited);
    }

    [Fact]
    public async Task StopAsync_OrphanHoldsItsOutput_DoesNotWaitForIt()
    {
        using var child = Start("trap 'exit 0' TERM; sleep 30 & echo ready $!; while :; do sleep 0.02; done");
        var orphan = int.Parse(await child.WaitForLineAsync("ready ", Patience, CancellationToken.None));

        Assert.True(await child.StopAsync(Patience));

        Process.GetProcessById(orphan).Kill();
    }

    [Fact]
    public async Task IsPortTaken_ProgramComplains_IsTrue()
    {
        using var child = Start("echo 'Failed to bind: address already in use'; exit 1");

        var exception = await Assert.ThrowsAsync<ChildFailedException>(() => child.WaitForLineAsync("listening on ", Patience, CancellationToken.None));

        Assert.True(exception.IsPortTaken);
    }

    private ChildProcess Start(string script) =>
        ChildProcess.Start("test", new ProcessStartInfo("/bin/sh", ["-c", script]), (name, line) => _lines.Enqueue($"{name}: {line}"));
}
