using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Zoneway.SniRouter.Tests;

public sealed class SniRouterOptionsTests
{
    [Fact]
    public void Validate_Defaults_AreGood() => Assert.Empty(new SniRouterOptions().Validate());

    [Fact]
    public void Value_EverythingOutOfRange_EveryProblemIsNamed()
    {
        using var services = new ServiceCollection().AddLogging().AddSniRouter(options =>
        {
            options.ClientHelloTimeout = TimeSpan.Zero;
            options.MaxClientHelloBytes = 511;
            options.MaxConnections = -1;
            options.MaxSniffingConnections = 0;
            options.ConnectAttempts = 9;
        }).BuildServiceProvider();

        var failure = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<SniRouterOptions>>().Value);

        Assert.Equal(5, failure.Failures.Count());
    }

    [Theory]
    [InlineData(512, 1, 1)]
    [InlineData(65_536, 1_000_000, 8)]
    public void Validate_EdgesOfTheRanges_AreGood(int helloBytes, int sniffing, int attempts)
    {
        var options = new SniRouterOptions { MaxClientHelloBytes = helloBytes, MaxSniffingConnections = sniffing, ConnectAttempts = attempts };

        Assert.Empty(options.Validate());
    }
}
