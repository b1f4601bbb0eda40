using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Globalization;
using Zoneway.LoadTest.Contenders;
using Zoneway.LoadTest.Soak;

namespace Zoneway.LoadTest.Running;

/// <summary>The command line of the harness.</summary>
internal sealed class BenchCommandLine
{
    /// <summary>Exit code of a command line that cannot be used.</summary>
    public const int BadUsage = 2;

    private readonly Option<bool> _quick = new("--quick") { Description = "Less than two minutes: main cases and contenders, 3 samples of 0.3s." };
    private readonly Option<string?> _cases = new("--cases")
    {
        Description = "Names of cases, or their beginnings such as up or ping, separated by commas. Default: all.",
        HelpName = "a,b",
    };

    private readonly Option<string?> _contenders = new("--contenders") { Description = "Names of contenders, likewise. Default: all that are installed.", HelpName = "x,y" };
    private readonly Option<int?> _samples = new("--samples") { Description = "Samples per case and contender. Default 5.", HelpName = "N" };
    private readonly Option<int?> _retakes = new("--retakes") { Description = "How often a noisy sample is taken again. Default 2, with --quick 0.", HelpName = "N" };
    private readonly Option<string?> _duration = new("--duration") { Description = "Length of a sample, such as 0.7s or 700ms. Default 0.7s.", HelpName = "time" };
    private readonly Option<string?> _json = new("--json") { Description = "File for the report as JSON.", HelpName = "file" };
    private readonly Option<string?> _markdown = new("--markdown") { Description = "File for the report as Markdown. Default: standard output.", HelpName = "file" };
    private readonly Option<string?> _zoneIngress = new("--zone-ingress")
    {
        Description = "The zone-ingress to measure. Default: the one built with this program.",
        HelpName = "path",
    };

    private readonly Option<bool> _list = new("--list") { Description = "Name all cases and contenders, and what is in the way of those that cannot take part." };
    private readonly RootCommand _root;

    /// <param name="run">Runs; gets the options and whether to list only.</param>
    public BenchCommandLine(Func<BenchOptions, bool, CancellationToken, Task<int>> run)
    {
        _root = new RootCommand("Measures Zoneway's data path side by side with other SNI proxies, on loopback.")
        {
            _quick, _cases, _contenders, _samples, _retakes, _duration, _json, _markdown, _zoneIngress, _list, SoakCommand.Create(),
        };
        _root.SetAction((result, cancellationToken) => run(Read(result), result.GetValue(_list), cancellationToken));
        _samples.Validators.Add(result => Check(IsNumber(result, 1, 100), result.AddError, "--samples takes a number from 1 to 100."));
        _retakes.Validators.Add(result => Check(IsNumber(result, 0, 10), result.AddError, "--retakes takes a number from 0 to 10."));
        _duration.Validators.Add(result => Check(TryParse(result.GetValueOrDefault<string?>(), out _), result.AddError, "--duration takes a time from 50ms to 60s."));
    }

    /// <summary>Parses and runs.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> InvokeAsync(IReadOnlyList<string> args, CancellationToken cancellationToken)
    {
        var parsed = _root.Parse(args);
        var code = await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null }, cancellationToken);
        return parsed.Action is ParseErrorAction ? BadUsage : code;
    }

    private BenchOptions Read(ParseResult result)
    {
        var options = result.GetValue(_quick) ? new BenchOptions().Quick() : new BenchOptions();
        return options with
        {
            Cases = Words(result.GetValue(_cases)),
            Contenders = Words(result.GetValue(_contenders)),
            Samples = result.GetValue(_samples) ?? options.Samples,
            Retakes = result.GetValue(_retakes) ?? options.Retakes,
            Duration = TryParse(result.GetValue(_duration), out var duration) && duration is { } time ? time : options.Duration,
            JsonPath = result.GetValue(_json),
            MarkdownPath = result.GetValue(_markdown),
            ZoneIngress = result.GetValue(_zoneIngress) ?? ContenderCatalog.FindZoneIngress(),
        };
    }

    private static string[] Words(string? text) => text?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    private static bool IsNumber(OptionResult result, int least, int most) =>
        result.Tokens.All(token => int.TryParse(token.Value, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most);

    private static void Check(bool isGood, Action<string> report, string problem)
    {
        if (!isGood)
        {
            report(problem);
        }
    }

    private static bool TryParse(string? text, out TimeSpan? duration)
    {
        duration = null;
        if (text is null)
        {
            return true;
        }

        var (digits, factor) = text.EndsWith("ms", StringComparison.Ordinal) ? (text[..^2], 0.001) : (text.TrimEnd('s'), 1.0);
        if (!double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || number * factor is not (>= 0.05 and <= 60))
        {
            return false;
        }

        duration = TimeSpan.FromSeconds(number * factor);
        return true;
    }
}
