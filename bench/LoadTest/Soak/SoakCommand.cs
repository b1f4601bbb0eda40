using System.CommandLine;
using System.Globalization;
using Zoneway.LoadTest.Contenders;

namespace Zoneway.LoadTest.Soak;

/// <summary>The command <c>soak</c>.</summary>
internal static class SoakCommand
{
    private const int Failed = 1;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var duration = new Option<string>("--duration") { Description = "Length, such as 90s or 10m. Default 10m.", DefaultValueFactory = _ => "10m", HelpName = "time" };
        var connections = new Option<int>("--connections") { Description = "Connections at a time. Default 200.", DefaultValueFactory = _ => 200, HelpName = "N" };
        var routes = new Option<int>("--routes") { Description = "Server names. Default 1000.", DefaultValueFactory = _ => 1000, HelpName = "N" };
        var seed = new Option<int>("--seed") { Description = "Begins the random numbers. Default 1.", DefaultValueFactory = _ => 1, HelpName = "N" };
        var dataPath = new Option<string>("--data-path") { Description = "engine or portable. Default engine.", DefaultValueFactory = _ => "engine" };
        dataPath.AcceptOnlyFromAmong("engine", "portable");
        duration.Validators.Add(result =>
        {
            if (!TryParse(result.GetValueOrDefault<string>(), out _))
            {
                result.AddError("--duration takes a time from 1s to 24h, such as 90s or 10m.");
            }
        });
        var command = new Command("soak", "Churn, half-closes, resets and random updates for a long time; exit code 1 if a byte or a route was wrong or anything is left afterwards.")
        {
            duration, connections, routes, seed, dataPath,
        };
        command.SetAction((result, cancellationToken) => RunAsync(
            new SoakOptions
            {
                Duration = TryParse(result.GetValue(duration), out var time) ? time : default,
                Connections = Math.Clamp(result.GetValue(connections), 1, 5000),
                Routes = Math.Clamp(result.GetValue(routes), 1, 100_000),
                Seed = result.GetValue(seed),
                IsPortable = result.GetValue(dataPath) == "portable",
                ZoneIngress = ContenderCatalog.FindZoneIngress(),
            },
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(SoakOptions options, CancellationToken cancellationToken)
    {
        if (options.ZoneIngress is null)
        {
            await Console.Error.WriteLineAsync("zone-ingress was not built.");
            return Failed;
        }

        try
        {
            var report = await new SoakRun(options, Console.Error).ExecuteAsync(cancellationToken);
            await Console.Out.WriteAsync(report.ToMarkdown());
            return report.Problems.Count == 0 ? 0 : Failed;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Stopped.");
            return Failed;
        }
    }

    private static bool TryParse(string? text, out TimeSpan time)
    {
        time = default;
        if (text is not { Length: > 1 } || !double.TryParse(text[..^1], NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        var seconds = number * (text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, _ => 0 });
        if (seconds is not (>= 1 and <= 24 * 3600))
        {
            return false;
        }

        time = TimeSpan.FromSeconds(seconds);
        return true;
    }
}
