using System.Diagnostics;

namespace Zoneway.Egress.Tests.Foreign;

/// <summary>A test that drives Debian's Python with one of Debian's packages; skipped where that is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PythonFactAttribute : FactAttribute
{
    public PythonFactAttribute(string module, string package)
    {
        (Module, Package) = (module, package);
        Skip = PythonModules.WhyMissing(module, package);
    }

    public string Module { get; }

    public string Package { get; }
}

/// <summary>A theory that drives Debian's Python with one of Debian's packages; skipped where that is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PythonTheoryAttribute : TheoryAttribute
{
    public PythonTheoryAttribute(string module, string package)
    {
        (Module, Package) = (module, package);
        Skip = PythonModules.WhyMissing(module, package);
    }

    public string Module { get; }

    public string Package { get; }
}

/// <summary>Tells which packages Debian's Python has.</summary>
internal static class PythonModules
{
    /// <summary>Debian's own Python, which has Debian's packages; the first on the PATH may be another.</summary>
    public const string Interpreter = "/usr/bin/python3";

    private static readonly Dictionary<string, bool> Known = [];

    public static string? WhyMissing(string module, string package) => IsThere(module) ? null : $"{package} is not installed (apt-get install {package})";

    private static bool IsThere(string module)
    {
        lock (Known)
        {
            return Known.TryGetValue(module, out var isThere) ? isThere : Known[module] = CanImport(module);
        }
    }

    private static bool CanImport(string module)
    {
        if (!File.Exists(Interpreter))
        {
            return false;
        }

        using var process = Process.Start(new ProcessStartInfo(Interpreter, ["-c", $"import {module}"]) { UseShellExecute = false, RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
