using Microsoft.Extensions.Logging;
using Zoneway.Hosting.Admin;

namespace Zoneway.Ingress.Tests.Admin;

public sealed class LogLevelsTests
{
    [Theory]
    [InlineData("Zoneway.Xds.Ads.AdsClient", LogLevel.Information, true)]
    [InlineData("Zoneway.Xds.Ads.AdsClient", LogLevel.Debug, false)]
    [InlineData("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Information, false)]
    [InlineData("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Warning, true)]
    [InlineData("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Error, false)]
    public void IsEnabled_AtInformation_FrameworksSpeakFromWarningsOn(string category, LogLevel level, bool expected) =>
        Assert.Equal(expected, new LogLevels(LogLevel.Information).IsEnabled(category, level));

    [Fact]
    public void IsEnabled_PartWithItsOwnLevel_LongestBeginningCounts()
    {
        var levels = new LogLevels(LogLevel.Warning);
        levels.Set("Zoneway.Xds", LogLevel.Error);
        levels.Set("Zoneway.Xds.Ads", LogLevel.Debug);

        Assert.True(levels.IsEnabled("Zoneway.Xds.Ads.AdsClient", LogLevel.Debug));
        Assert.False(levels.IsEnabled("Zoneway.Xds.Files", LogLevel.Warning));
        Assert.True(levels.IsEnabled("Zoneway.Hosting", LogLevel.Warning));
    }

    [Fact]
    public void Set_TooManyParts_IsRefused()
    {
        var levels = new LogLevels(LogLevel.Warning);
        for (var i = 0; i < LogLevels.MostCategories; i++)
        {
            Assert.True(levels.Set($"part{i}", LogLevel.Debug));
        }

        Assert.False(levels.Set("one more", LogLevel.Debug));
        Assert.True(levels.Set("part0", LogLevel.Error));
    }
}
