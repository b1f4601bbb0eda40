using Zoneway.LoadTest.Running;

namespace Zoneway.LoadTest.Tests.Running;

public sealed class SelectionTests
{
    private static readonly string[] Names = ["up-1", "up-8", "zoneway", "zoneway-portable", "upper"];

    [Fact]
    public void Pick_NoWords_TakesAll() => Assert.Equal(Names, Pick([], out _));

    [Fact]
    public void Pick_Beginning_TakesAllThatGoOnWithAHyphen() => Assert.Equal(["up-1", "up-8"], Pick(["up"], out _));

    [Fact]
    public void Pick_WholeName_TakesThatAlone() => Assert.Equal(["zoneway"], Pick(["zoneway"], out _));

    [Fact]
    public void Pick_SeveralWords_KeepsTheOrderOfTheItems() => Assert.Equal(["up-8", "upper"], Pick(["upper", "up-8"], out _));

    [Fact]
    public void Pick_UnknownWord_IsReported()
    {
        Pick(["up", "down"], out var unknown);

        Assert.Equal(["down"], unknown);
    }

    private static IReadOnlyList<string> Pick(string[] words, out IReadOnlyList<string> unknown) => Selection.Pick(Names, name => name, words, out unknown);
}
