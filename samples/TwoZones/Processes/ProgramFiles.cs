using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Zoneway.TwoZones.Processes;

/// <summary>Finds the programs, which the build puts beside this one, and how to start them.</summary>
internal static class ProgramFiles
{
    // A user's own settings for Kuma proxies or ASP.NET Core must not reach the programs.
    private static readonly string[] ForeignVariables = ["KUMA_", "ZONEWAY_", "ASPNETCORE_", "POD_NAME"];

    /// <summary>How to start a program on the runtime that this one runs on.</summary>
    /// <param name="program">Name of its assembly.</param>
    /// <param name="arguments">Its arguments.</param>
    public static ProcessStartInfo StartInfo(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(DotnetHost(), [Path.Combine(AppContext.BaseDirectory, program + ".dll"), .. arguments]) { UseShellExecute = false };
        foreach (var variable in start.Environment.Keys.Where(IsForeign).ToList())
        {
            start.Environment.Remove(variable);
        }

        return start;
    }

    // …/shared/Microsoft.NETCore.App/<version>/ lies below the host of the same installation.
    private static string DotnetHost()
    {
        var host = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
        return File.Exists(host) ? host : "dotnet";
    }

    private static bool IsForeign(string variable) => Array.Exists(ForeignVariables, prefix => variable.StartsWith(prefix, StringComparison.Ordinal));
}
