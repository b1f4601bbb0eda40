using Zoneway.TwoZones.Script;

namespace Zoneway.TwoZones.Display;

/// <summary>One line when a step begins, one when it is decided: for files, pipes and readers of logs.</summary>
internal sealed class LineDisplay(TextWriter output) : IDisplay
{
    public async Task ShowAsync(ScriptProgress progress, Func<Task> play)
    {
        progress.StageChanged = output.WriteLine;
        foreach (var step in progress.Steps)
        {
            step.Changed = Show;
        }

        await play();
        output.WriteLine($"{progress.Traffic.Requests} requests, {progress.Traffic.Failed} failed");
    }

    private void Show(Step step)
    {
        var (status, detail) = step.State;
        output.WriteLine(status switch
        {
            StepStatus.Running => $"({step.Number}) {step.Name} …",
            StepStatus.Passed => $"({step.Number}) held after {step.Elapsed.TotalSeconds:0.0} s: {detail}",
            _ => $"({step.Number}) FAILED after {step.Elapsed.TotalSeconds:0.0} s: {detail}",
        });
    }
}
