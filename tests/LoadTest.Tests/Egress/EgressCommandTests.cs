using Zoneway.LoadTest.Egress.Cases;
using Zoneway.LoadTest.Egress.Running;
using Zoneway.LoadTest.Running;

namespace Zoneway.LoadTest.Tests.Egress;

public sealed class EgressCommandTests
{
    [Fact]
    public async Task Invoke_AllOptions_AreTakenOver()
    {
        var (code, options) = await InvokeAsync("--quick", "--cases", "h1,h2-1", "--contenders", "nginx", "--samples", "2", "--json", "j", "--zone-egress", "z", "--tls", "1.2");

        Assert.Equal(0, code);
        Assert.Equal(["h1", "h2-1"], options!.Common.Cases);
        Assert.Equal((2, true, "j"), (options.Common.Samples, options.Common.IsQuick, options.Common.JsonPath));
        Assert.Equal(("z", true), (options.ZoneEgress, options.IsTls12));
    }

    [Fact]
    public async Task Invoke_NoOptions_IsTls13()
    {
        var (_, options) = await InvokeAsync("--zone-egress", "z");

        Assert.False(options!.IsTls12);
    }

    [Theory]
    [InlineData("--tls", "1.1")]
    [InlineData("--samples", "0")]
    public async Task Invoke_BadOption_IsBadUsage(string option, string value)
    {
        var (code, options) = await InvokeAsync(option, value);

        Assert.Equal((BenchCommandLine.BadUsage, null), (code, options));
    }

    [Fact]
    public void Cases_Names_AreDifferentAndShortRunsHaveSome()
    {
        var cases = EgressCaseCatalog.All();

        Assert.Equal(cases.Count, cases.DistinctBy(egressCase => egressCase.Name).Count());
        Assert.Contains(cases, EgressCaseCatalog.IsForShortRuns);
        Assert.All(cases, egressCase => Assert.Equal(egressCase.Service.Key, egressCase.Request.Key));
    }

    private static async Task<(int Code, EgressOptions? Options)> InvokeAsync(params string[] args)
    {
        EgressOptions? seen = null;
        var commandLine = new BenchCommandLine(
            (_, _, _) => throw new InvalidOperationException("Another command ran."),
            (options, _, _) =>
            {
                seen = options;
                return Task.FromResult(0);
            });
        return (await commandLine.InvokeAsync(["egress", .. args], CancellationToken.None), seen);
    }
}
