using System.CommandLine;
using System.CommandLine.Invocation;
using Zoneway.Hosting.Settings;
using Zoneway.Hosting.Validation;

namespace Zoneway.Hosting.CommandLine;

/// <summary>The command line of a proxy program: <c>run</c>, <c>validate</c> and <c>version</c>. Values of flags are checked with those of the environment, not here.</summary>
internal sealed class ProxyCommandLine
{
    private readonly Dictionary<Setting, Option<string?>> _options = [];
    private readonly ProxyProgram _program;
    private readonly RootCommand _root;

    /// <param name="program">The program.</param>
    /// <param name="run">What <c>run</c> does; gets the values of the flags.</param>
    public ProxyCommandLine(ProxyProgram program, Func<Func<Setting, string?>, CancellationToken, Task<int>> run)
    {
        _program = program;
        _root = new RootCommand($"{program.Name}: zone proxy of a multi-zone service mesh.") { CreateRun(run), CreateValidate(program), CreateVersion(program) };
    }

    /// <summary>Parses and acts.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> InvokeAsync(IReadOnlyList<string> args)
    {
        var parsed = _root.Parse(args);
        if (parsed.Action is ParseErrorAction)
        {
            await ReportAsync(parsed);
            return ExitCodes.BadSettings;
        }

        // Signals are the business of the program's own lifetime.
        return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
    }

    private async Task ReportAsync(ParseResult parsed)
    {
        foreach (var error in parsed.Errors)
        {
            await Console.Error.WriteLineAsync($"{_program.Name}: {error.Message}");
        }

        await Console.Error.WriteLineAsync($"See {_program.Name} --help.");
    }

    private Command CreateRun(Func<Func<Setting, string?>, CancellationToken, Task<int>> run)
    {
        var command = new Command("run", "Run the proxy.");
        foreach (var setting in KnownSettings.All.Where(setting => setting.Flag is not null))
        {
            var option = new Option<string?>(setting.Flag!, setting.Alias is null ? [] : [setting.Alias])
            {
                HelpName = "value",
                Description = $"{setting.Help} [{setting.Variable}]",
                Arity = setting.IsSwitch ? ArgumentArity.ZeroOrOne : setting.IsRepeatable ? ArgumentArity.OneOrMore : ArgumentArity.ExactlyOne,
            };
            if (setting.IsRepeatable)
            {
                option.CustomParser = given => string.Join('\n', given.Tokens.Select(token => token.Value));
            }

            _options.Add(setting, option);
            command.Add(option);
        }

        foreach (var flag in KnownSettings.IgnoredFlags)
        {
            command.Add(new Option<string[]>(flag) { Hidden = true, Arity = ArgumentArity.ZeroOrMore });
        }

        command.SetAction((result, cancellationToken) => run(setting => Read(result, setting), cancellationToken));
        return command;
    }

    private string? Read(ParseResult result, Setting setting)
    {
        if (!_options.TryGetValue(setting, out var option) || result.GetResult(option) is not { Implicit: false })
        {
            return null;
        }

        return result.GetValue(option) ?? (setting.IsSwitch ? "true" : null);
    }

    private static Command CreateValidate(ProxyProgram program)
    {
        var files = new Argument<string[]>("FILE") { Description = "Files of Envoy resources, YAML or JSON; each is a configuration of its own.", Arity = ArgumentArity.OneOrMore };
        var format = new Option<string>("--format") { Description = "text or json. Default text.", DefaultValueFactory = _ => "text" };
        format.AcceptOnlyFromAmong("text", "json");
        var command = new Command("validate", "Show what the proxy would make of a configuration; exit code 1 if anything would be rejected.") { files, format };
        command.SetAction((result, _) => ValidationCommand.RunAsync(
            result.GetRequiredValue(files), result.GetValue(format) == "json", program.Termination is not null, result.InvocationConfiguration.Output, result.InvocationConfiguration.Error));
        return command;
    }

    private static Command CreateVersion(ProxyProgram program)
    {
        var command = new Command("version", "Show the version.");
        command.SetAction(result => result.InvocationConfiguration.Output.WriteLine($"{program.Name} {ProductVersion.Text}"));
        return command;
    }
}
