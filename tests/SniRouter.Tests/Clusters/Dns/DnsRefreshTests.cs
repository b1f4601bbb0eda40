using System.Net;
using Zoneway.SniRouter.Clusters.Dns;
using Zoneway.TestUtilities;
using static Zoneway.SniRouter.Tests.Clusters.Dns.DnsClusters;

namespace Zoneway.SniRouter.Tests.Clusters.Dns;

/// <summary>When a name is asked for again.</summary>
public sealed class DnsRefreshTests : IDisposable
{
    private readonly ResolverUnderTest _test = new();

    public void Dispose() => _test.Dispose();

    [Theory]
    [InlineData(60, 60)]
    [InlineData(0.5, 1)]
    [InlineData(86_400, 300)]
    [InlineData(0, 7)]
    [InlineData(-1.0, 7)]
    public async Task TimeToLive_IsWaitedForWithinBounds(double seconds, int expected)
    {
        _test.DnsWithTimeToLive.Set("a.test", DnsAnswer.Of([IPAddress.Loopback], seconds < 0 ? null : TimeSpan.FromSeconds(seconds)));

        await _test.WarmAsync(Strict("a.test") with { Dns = new() { RespectsTimeToLive = true, RefreshRate = TimeSpan.FromSeconds(7) } });

        await _test.NextLookupAsync(TimeSpan.FromSeconds(expected));
        await Eventually.TrueAsync(() => _test.DnsWithTimeToLive.Count("a.test") == 2);
        Assert.Empty(_test.Dns.Asked);
    }

    [Fact]
    public async Task TimeToLive_NotRespected_RefreshRateCounts()
    {
        _test.Dns.Set("a.test", DnsAnswer.Of([IPAddress.Loopback], TimeSpan.FromSeconds(60)));

        await _test.WarmAsync(Strict("a.test") with { Dns = new() { RefreshRate = TimeSpan.FromSeconds(7) } });

        await _test.NextLookupAsync(TimeSpan.FromSeconds(7));
        await Eventually.TrueAsync(() => _test.Dns.Count("a.test") == 2);
    }

    [Fact]
    public async Task RefreshRate_VeryShort_IsBounded()
    {
        _test.Dns.Set("a.test", "10.0.0.1");

        await _test.WarmAsync(Strict("a.test") with { Dns = new() { RefreshRate = TimeSpan.FromMilliseconds(1) } });

        await _test.NextLookupAsync(TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public async Task FailureRefreshRate_DoublesUpToItsMaximumAndBeginsAnew()
    {
        var dns = new DnsConfig { FailureRefreshRate = TimeSpan.FromSeconds(2), MaxFailureRefreshRate = TimeSpan.FromSeconds(7) };
        await _test.WarmAsync(Strict("a.test") with { Dns = dns });

        foreach (int seconds in (int[])[2, 4, 7])
        {
            await _test.NextLookupAsync(TimeSpan.FromSeconds(seconds));
        }

        _test.Dns.Set("a.test", "10.0.0.1");
        await _test.NextLookupAsync(TimeSpan.FromSeconds(7));
        await _test.Clock.ArmedAsync(due => due == dns.RefreshRate);
        _test.Dns.Set("a.test", DnsAnswer.Failed("SERVFAIL"));
        _test.Clock.Advance(dns.RefreshRate);

        await _test.NextLookupAsync(TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void FailureRefreshRate_ManyFailures_StaysAtTheMaximum()
    {
        var name = new DnsName("a.test", new() { FailureRefreshRate = TimeSpan.FromDays(20), MaxFailureRefreshRate = TimeSpan.FromDays(24) });
        for (int i = 0; i < 5000; i++)
        {
            name.Take([], ordered: false);
        }

        Assert.Equal(TimeSpan.FromDays(24), name.NextLookup(null));
    }
}
