using Zoneway.LoadTest.Load;

namespace Zoneway.LoadTest.Tests.Load;

public sealed class BytePatternTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(BytePattern.Period - 100)]
    [InlineData(BytePattern.Period * 5L + 17)]
    public unsafe void Matches_SliceOfThePattern_IsTrueOnlyAtItsPosition(long position)
    {
        var slice = new ReadOnlySpan<byte>(BytePattern.At(position), 4096).ToArray();

        Assert.True(BytePattern.Matches(position, slice));
        Assert.True(BytePattern.Matches(position + BytePattern.Period, slice));
        Assert.False(BytePattern.Matches(position + 1, slice));
        slice[4095]++;
        Assert.False(BytePattern.Matches(position, slice));
    }
}
