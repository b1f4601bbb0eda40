using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Zoneway.LoadTest.Running;

/// <summary>The options that all commands have that compare contenders in cases.</summary>
internal sealed class RunOptions
{
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

    private readonly Option<bool> _list = new("--list") { Description = "Name all cases and contenders, and what is in the way of those that cannot take part." };

    public RunOptions()
    {
        _samples.Validators.Add(result => Check(IsNumber(result, 1, 100), result.AddError, "--samples takes a number from 1 to 100."));
        _retakes.Validators.Add(result => Check(IsNumber(result, 0, 10), result.AddError, "--retakes takes a number from 0 to 10."));
        _duration.Validators.Add(result => Check(TryParse(result.GetValueOrDefault<string?>(), out _), result.AddError, "--duration takes a time from 50ms to 60s."));
    }

    /// <summary>Gives a command these options.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _quick, _cases, _contenders, _samples, _retakes, _duration, _json, _markdown, _list })
        {
            command.Add(option);
        }
    }

    /// <summary>Whether cases and contenders are to be listed only.</summary>
    public bool IsListing(ParseResult result) => result.GetValue(_list);

    /// <summary>What was asked for.</summary>
    public BenchOptions Read(ParseResult result)
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
