using System.Runtime.InteropServices;
using Spectre.Console;
using Zoneway.TwoZones.Client;
using Zoneway.TwoZones.Display;
using Zoneway.TwoZones.Processes;
using Zoneway.TwoZones.Script;
using Zoneway.TwoZones.Zones;

namespace Zoneway.TwoZones.Commands;

/// <summary>One run of the sample: builds the installation, plays the script, reports, and leaves nothing behind.</summary>
internal sealed class TwoZonesRun(TwoZonesOptions options, TimeProvider time)
{
    private const int MaxStarts = 3;
    private const int LinesOnFailure = 8;

    private List<string> _lastLines = [];

    /// <summary>Runs it.</summary>
    /// <returns>The exit code: 0 when every step held, 1 when not.</returns>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        // Ctrl-C and SIGTERM come through the token; a closed terminal must not leave programs behind either.
        using var closing = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            closing.Cancel();
        });

        var progress = new ScriptProgress(TwoZonesScript.CreateSteps(), new BackgroundTraffic(time), new HeldConnections(time));
        await CreateDisplay().ShowAsync(progress, () => PlayAsync(progress, closing.Token));

        var report = ScriptReport.Of(progress);
        if (!report.Ok)
        {
            _lastLines.ForEach(Console.Error.WriteLine);
        }

        if (options.Json)
        {
            Console.WriteLine(report.ToJson());
        }

        return report.Ok ? 0 : 1;
    }

    private IDisplay CreateDisplay()
    {
        // Lines of the programs and tables that are drawn in place do not go together.
        var isLive = !options.Json && !options.Verbose && !Console.IsOutputRedirected;
        return isLive ? new TableDisplay(AnsiConsole.Console, time) : new LineDisplay(options.Json ? Console.Error : Console.Out);
    }

    private async Task PlayAsync(ScriptProgress progress, CancellationToken cancellation)
    {
        using var workspace = new Workspace(options.Keep);
        for (var start = 1; !await TryPlayAsync(progress, workspace.CreateFolder($"{start}"), isLastTry: start == MaxStarts, cancellation); start++)
        {
            progress.Enter("Another program took a port that was free; starting anew");
        }

        if (options.Keep)
        {
            progress.Enter($"Resource files and certificates are in {workspace.Folder}");
        }
    }

    // False when a port was taken: worth another start.
    private async Task<bool> TryPlayAsync(ScriptProgress progress, string folder, bool isLastTry, CancellationToken cancellation)
    {
        await using var children = new ChildProcesses(OnLine);
        await using var zones = new Installation(folder, children, time);
        var script = new TwoZonesScript(zones, progress, time);
        try
        {
            await script.StartAsync(cancellation);
            await script.PlayAsync(cancellation);
            progress.Enter("Played; ending all programs");
        }
        catch (ChildFailedException exception) when (exception.IsPortTaken && !isLastTry)
        {
            return false;
        }
        catch (CheckFailedException exception) when (!cancellation.IsCancellationRequested)
        {
            progress.Steps[0].Fail($"the installation did not start: {exception.Message}");
        }
        catch (Exception exception) when (exception is CheckFailedException or OperationCanceledException)
        {
            progress.FailRunningSteps("interrupted");
        }
        finally
        {
            // Before the programs end: what fails because of that is no failure.
            await progress.Traffic.StopAsync();
            await progress.Held.StopAsync();
            _lastLines = cancellation.IsCancellationRequested ? [] : [.. children.LastLines(LinesOnFailure)];
        }

        return true;
    }

    private void OnLine(string program, string line)
    {
        if (options.Verbose)
        {
            Console.Error.WriteLine($"{program}: {line}");
        }
    }
}
