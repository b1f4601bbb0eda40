using Zoneway.Hosting.CommandLine;
using Zoneway.Hosting.Settings;

namespace Zoneway.Hosting;

/// <summary>Entry of the proxy programs: command line, settings, and then the proxy until it ends.</summary>
public static class ProxyHost
{
    /// <summary>Runs a program.</summary>
    /// <param name="program">Which one.</param>
    /// <param name="args">Its arguments.</param>
    /// <returns>The exit code: 0 in order, 1 when it could not start or go on, 2 when flags or variables are wrong.</returns>
    public static Task<int> RunAsync(ProxyProgram program, IReadOnlyList<string> args) =>
        new ProxyCommandLine(program, (flags, _) => RunAsync(program, flags)).InvokeAsync(args);

    private static async Task<int> RunAsync(ProxyProgram program, Func<Setting, string?> flags)
    {
        var reader = new SettingReader(flags, Environment.GetEnvironmentVariable);
        if (!ProxySettingsSource.TryRead(program, reader, out var settings, out var problems))
        {
            foreach (var problem in problems)
            {
                await Console.Error.WriteLineAsync($"{program.Name}: {problem}");
            }

            return ExitCodes.BadSettings;
        }

        await using var proxy = new Proxy(program, settings);
        return await proxy.RunAsync();
    }
}
