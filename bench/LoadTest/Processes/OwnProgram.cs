using System.Diagnostics;
using System.Reflection;

namespace Zoneway.LoadTest.Processes;

/// <summary>This program as a child with another part to play.</summary>
internal static class OwnProgram
{
    /// <summary>Starts it with standard input and output redirected.</summary>
    public static Process Start(params IReadOnlyList<string> arguments)
    {
        var path = Environment.ProcessPath!;
        var start = new ProcessStartInfo(path) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(path) == "dotnet")
        {
            start.ArgumentList.Add(Assembly.GetExecutingAssembly().Location);
        }

        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start) ?? throw new InvalidOperationException("The program does not start itself.");
    }
}
