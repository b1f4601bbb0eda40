using Xunit;

namespace Zoneway.TestUtilities;

/// <summary>A theory that is skipped, with the reason, where the named fixture is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FixtureTheoryAttribute : TheoryAttribute
{
    public FixtureTheoryAttribute(string relativePath)
    {
        RelativePath = relativePath;
        Skip = Fixtures.WhyMissing(relativePath);
    }

    public string RelativePath { get; }
}
