using System.Diagnostics;
using Zoneway.TwoZones.Commands;
using Zoneway.TwoZones.Processes;
using Zoneway.TwoZones.Script;

namespace Zoneway.TwoZones.Tests;

/// <summary>The sample as its users run it: a program that starts programs.</summary>
public sealed class TwoZonesProgramTests : IDisposable
{
    private static readonly TimeSpan ScriptLimit = TimeSpan.FromSeconds(180);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(20);

    // All files of the run are below it, and the command lines of its programs name it.
    private readonly string _temporary = Directory.CreateTempSubdirectory("zoneway-test-run-").FullName;

    [Fact]
    public async Task Run_WholeScript_EveryStepHolds()
    {
        using var run = Start();

        var isInTime = await run.WaitForExitAsync(ScriptLimit, CancellationToken.None);
        await run.StopAsync(StopLimit);

        var lines = string.Join('\n', run.LastLines());
        Assert.True(isInTime, lines);
        var report = ScriptReport.FromJson(run.LastLines().Single(static line => line.StartsWith('{')))!;
        Assert.True(report.Ok, lines);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(9, report.Steps.Count);
        Assert.All(report.Steps, static step => Assert.True(step.Ok, step.Detail));
        Assert.True(report.Requests > 300, lines);
        AssertNothingIsLeft();
    }

    [Fact]
    public async Task Run_TerminatedInTheMiddle_LeavesNothingBehind()
    {
        using var run = Start();
        await run.WaitForLineAsync("(1)", ScriptLimit, CancellationToken.None);

        Assert.True(await run.StopAsync(StopLimit));

        var report = ScriptReport.FromJson(run.LastLines().Single(static line => line.StartsWith('{')))!;
        Assert.False(report.Ok);
        Assert.Equal(1, run.ExitCode);
        AssertNothingIsLeft();
    }

    public void Dispose() => Directory.Delete(_temporary, recursive: true);

    private ChildProcess Start()
    {
        var start = ProgramFiles.StartInfo(BackendCommand.Program, ["--json"]);
        start.Environment["TMPDIR"] = _temporary;
        return ChildProcess.Start("two zones", start, static (_, _) => { });
    }

    private void AssertNothingIsLeft()
    {
        Assert.Empty(Directory.GetFileSystemEntries(_temporary, "zoneway-*"));
        Assert.DoesNotContain(Process.GetProcesses(), process => CommandLineOf(process).Contains(_temporary, StringComparison.Ordinal));
    }

    private static string CommandLineOf(Process process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process.Id}/cmdline");
        }
        catch (IOException)
        {
            // Gone in the meantime.
            return "";
        }
    }
}
