namespace Zoneway.TestUtilities;

/// <summary>Test data kept outside the repository, in the directory that the environment variable ZONEWAY_FIXTURES names.</summary>
public static class Fixtures
{
    public const string EnvironmentVariable = "ZONEWAY_FIXTURES";

    /// <summary>Why a test that reads this file or directory cannot run here; null if it can.</summary>
    public static string? WhyMissing(string relativePath)
    {
        if (Root is not { Length: > 0 } root)
        {
            return $"{EnvironmentVariable} is not set";
        }

        return System.IO.Path.Exists(System.IO.Path.Combine(root, relativePath)) ? null : $"{EnvironmentVariable} has no {relativePath}";
    }

    public static string Path(string relativePath) =>
        System.IO.Path.Combine(Root ?? throw new InvalidOperationException($"{EnvironmentVariable} is not set"), relativePath);

    private static string? Root => Environment.GetEnvironmentVariable(EnvironmentVariable);
}
