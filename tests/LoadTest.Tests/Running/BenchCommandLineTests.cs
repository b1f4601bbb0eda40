using Zoneway.LoadTest.Running;

namespace Zoneway.LoadTest.Tests.Running;

public sealed class BenchCommandLineTests
{
    [Fact]
    public async Task Invoke_NoOptions_HasTheDefaults()
    {
        var options = await ParseAsync();

        Assert.Equal((5, TimeSpan.FromSeconds(0.7), false), (options.Samples, options.Duration, options.IsQuick));
    }

    [Fact]
    public async Task Invoke_AllOptions_AreTakenOver()
    {
        var options = await ParseAsync(
            "--cases", "up,ping", "--contenders", "zoneway, nginx", "--samples", "7", "--duration", "250ms", "--json", "j", "--markdown", "m", "--zone-ingress", "z");

        Assert.Equal(["up", "ping"], options.Cases);
        Assert.Equal(["zoneway", "nginx"], options.Contenders);
        Assert.Equal((7, TimeSpan.FromMilliseconds(250)), (options.Samples, options.Duration));
        Assert.Equal(("j", "m", "z"), (options.JsonPath, options.MarkdownPath, options.ZoneIngress));
    }

    [Fact]
    public async Task Invoke_Quick_IsShorterAndCanBeChanged()
    {
        var options = await ParseAsync("--quick", "--samples", "1");

        Assert.True(options.IsQuick);
        Assert.Equal(1, options.Samples);
        Assert.True(options.Duration < new BenchOptions().Duration);
        Assert.True(options.TimeLimit < TimeSpan.FromMinutes(2));
    }

    [Theory]
    [InlineData("--samples", "0")]
    [InlineData("--samples", "many")]
    [InlineData("--retakes", "11")]
    [InlineData("--duration", "1ms")]
    [InlineData("--duration", "soon")]
    [InlineData("--unknown", "1")]
    public async Task Invoke_BadOption_IsBadUsage(string option, string value)
    {
        var code = await new BenchCommandLine((_, _, _) => throw new InvalidOperationException("It ran.")).InvokeAsync([option, value], CancellationToken.None);

        Assert.Equal(BenchCommandLine.BadUsage, code);
    }

    private static async Task<BenchOptions> ParseAsync(params string[] args)
    {
        BenchOptions? seen = null;
        var commandLine = new BenchCommandLine((options, _, _) =>
        {
            seen = options;
            return Task.FromResult(0);
        });

        Assert.Equal(0, await commandLine.InvokeAsync(args, CancellationToken.None));
        return seen!;
    }
}
