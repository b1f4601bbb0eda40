using Zoneway.ZoneControlPlane.Commands;

namespace Zoneway.ZoneControlPlane.Tests.Commands;

public sealed class GoDurationTests
{
    [Theory]
    [InlineData("24h", 86_400_000)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("500ms", 500)]
    [InlineData("1.5s", 1_500)]
    [InlineData("7d", 604_800_000)]
    public void TryParse_Duration_IsRead(string text, long milliseconds)
    {
        Assert.True(GoDuration.TryParse(text, out var duration));
        Assert.Equal(milliseconds, (long)duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("h")]
    [InlineData("-1h")]
    [InlineData("0s")]
    [InlineData("1y")]
    [InlineData("1.2.3s")]
    [InlineData("99999999999999999999d")]
    [InlineData("1h 2m")]
    public void TryParse_Other_IsRefused(string text) => Assert.False(GoDuration.TryParse(text, out _));
}
