using System.Diagnostics;

namespace Zoneway.LoadTest.Contenders;

/// <summary>Finds programs of the system.</summary>
internal static class InstalledProgram
{
    private static readonly string[] AdministratorDirectories = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

    /// <summary>Path of a program on the PATH, or where administrators have theirs; null when there is none.</summary>
    public static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Concat(AdministratorDirectories)
            .Select(directory => Path.Combine(directory, name)).FirstOrDefault(File.Exists);

    /// <summary>What a program writes, on either stream.</summary>
    public static string Ask(string program, params IReadOnlyList<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output + error.GetAwaiter().GetResult();
    }

    /// <summary>The first line of what a program says of its version.</summary>
    public static string Version(string program, string argument) =>
        Ask(program, argument).Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line.Length > 0) ?? "unknown version";
}
