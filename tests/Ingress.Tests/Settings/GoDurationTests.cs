using Zoneway.Hosting.Settings;

namespace Zoneway.Ingress.Tests.Settings;

public class GoDurationTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("30s", 30_000)]
    [InlineData("1m30s", 90_000)]
    [InlineData("500ms", 500)]
    [InlineData("1.5h", 5_400_000)]
    [InlineData("0.25s", 250)]
    [InlineData("1h2m3s4ms", 3_723_004)]
    [InlineData("2000us", 2)]
    [InlineData("2000µs", 2)]
    [InlineData("1000000ns", 1)]
    public void TryParse_Duration_IsRead(string text, double milliseconds)
    {
        Assert.True(GoDuration.TryParse(text, out var duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds, 6);
    }

    [Theory]
    [InlineData("")]
    [InlineData("30")]
    [InlineData("s")]
    [InlineData("-5s")]
    [InlineData("1x")]
    [InlineData("1 s")]
    [InlineData("1.2.3s")]
    [InlineData(".")]
    [InlineData("721h")]
    [InlineData("99999999999999999999999999h")]
    public void TryParse_NoDuration_IsRefused(string text) => Assert.False(GoDuration.TryParse(text, out _));
}
