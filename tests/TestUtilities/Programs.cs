using Xunit;

namespace Zoneway.TestUtilities;

/// <summary>Programs of the operating system that interoperability tests drive.</summary>
public static class Programs
{
    /// <summary>Full path of a program on PATH; null where it is not installed.</summary>
    public static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(directory => Path.Combine(directory, name)).FirstOrDefault(File.Exists);

    internal static string? WhyMissing(string name, string package) =>
        Find(name) is null ? $"{name} is not installed (Debian package {package})" : null;
}

/// <summary>A theory that is skipped, with the reason, where a program is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ProgramTheoryAttribute : TheoryAttribute
{
    public ProgramTheoryAttribute(string program, string package)
    {
        Program = program;
        Package = package;
        Skip = Programs.WhyMissing(program, package);
    }

    public string Program { get; }

    public string Package { get; }
}

/// <summary>A fact that is skipped, with the reason, where a program is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ProgramFactAttribute : FactAttribute
{
    public ProgramFactAttribute(string program, string package)
    {
        Program = program;
        Package = package;
        Skip = Programs.WhyMissing(program, package);
    }

    public string Program { get; }

    public string Package { get; }
}
