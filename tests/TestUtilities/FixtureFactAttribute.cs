using Xunit;

namespace Zoneway.TestUtilities;

/// <summary>A fact that is skipped, with the reason, where the named fixture is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FixtureFactAttribute : FactAttribute
{
    public FixtureFactAttribute(string relativePath)
    {
        RelativePath = relativePath;
        Skip = Fixtures.WhyMissing(relativePath);
    }

    public string RelativePath { get; }
}
