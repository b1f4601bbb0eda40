using System.ComponentModel;
using System.Diagnostics;

namespace Zoneway.ZoneControlPlane.Tests.Support;

/// <summary>Runs a program of the system to its end.</summary>
internal static class ExternalProgram
{
    /// <summary>Runs it with arguments, which are split at blanks.</summary>
    /// <returns>Exit code, -1 when the program is missing or takes too long, and what it wrote.</returns>
    public static (int ExitCode, string Output) Run(string program, string arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            if (!process.WaitForExit(TestLimits.Wait))
            {
                process.Kill();
                return (-1, output);
            }

            return (process.ExitCode, output + errors.GetAwaiter().GetResult());
        }
        catch (Win32Exception)
        {
            return (-1, $"{program} is missing");
        }
    }
}
