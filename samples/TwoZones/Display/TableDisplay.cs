using Spectre.Console;
using Zoneway.TwoZones.Script;

namespace Zoneway.TwoZones.Display;

/// <summary>Tables of the traffic and the steps that are drawn anew ten times a second.</summary>
internal sealed class TableDisplay(IAnsiConsole console, TimeProvider time) : IDisplay
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    public Task ShowAsync(ScriptProgress progress, Func<Task> play) => console.Live(Render(progress)).StartAsync(async live =>
    {
        var playing = play();
        using var timer = new PeriodicTimer(Interval, time);
        while (!playing.IsCompleted && await timer.WaitForNextTickAsync())
        {
            live.UpdateTarget(Render(progress));
        }

        live.UpdateTarget(Render(progress));
        await playing;
    });

    private static Rows Render(ScriptProgress progress) => new(TrafficOf(progress), StepsOf(progress), FooterOf(progress));

    private static Table TrafficOf(ScriptProgress progress)
    {
        var table = new Table().RoundedBorder().Title("[bold]Requests from west, through its egress[/]");
        table.AddColumns("Mesh / service", "Zone", "Instance");
        table.AddColumn(new TableColumn("Requests").RightAligned());
        table.AddColumn(new TableColumn("Share now").RightAligned());
        foreach (var client in progress.Traffic.Clients)
        {
            foreach (var row in TrafficShare.Of(client.Log))
            {
                table.AddRow($"{client.Service}", row.Instance.Zone, row.Instance.Name, $"{row.Requests}", $"{row.ShareNow:P0}");
            }
        }

        return table;
    }

    private static Table StepsOf(ScriptProgress progress)
    {
        var table = new Table().NoBorder().HideHeaders().AddColumns("mark", "step", "detail");
        foreach (var step in progress.Steps)
        {
            var (status, detail) = step.State;
            var shown = status is StepStatus.Passed or StepStatus.Failed ? detail : "";
            table.AddRow(new Markup(MarkOf(status)), new Text($"{step.Number}. {step.Name}"), new Text(shown, new Style(Color.Grey)));
        }

        return table;
    }

    private static Markup FooterOf(ScriptProgress progress)
    {
        var failed = progress.Traffic.Failed;
        return new Markup(
            $"[bold]{progress.Traffic.Requests}[/] requests, [{(failed == 0 ? "green" : "red")}]{failed} failed[/], "
            + $"{progress.Held.VerifiedBytes / 1024.0 / 1024:0.0} MiB verified on long-lived connections\n[grey]{Markup.Escape(progress.Stage)}[/]");
    }

    private static string MarkOf(StepStatus status) => status switch
    {
        StepStatus.Passed => "[green]✓[/]",
        StepStatus.Failed => "[red]✗[/]",
        StepStatus.Running => "[yellow]…[/]",
        _ => "[grey]·[/]",
    };
}
