using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Clusters.Dns;
using Zoneway.SniRouter.Routing;
using Zoneway.TestUtilities;
using static Zoneway.SniRouter.Tests.Clusters.Dns.DnsClusters;

namespace Zoneway.SniRouter.Tests.Clusters.Dns;

public sealed class ClusterResolverTests : IDisposable
{
    private static readonly TimeSpan Rate = DnsConfig.Default.RefreshRate;

    private readonly ResolverUnderTest _test = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task Strict_EveryAddress_IsAnEndpointWithWhatTheNameHas()
    {
        _test.Dns.Set("a.test", "10.0.0.1", "10.0.0.2");
        var metadata = TestEndpoints.Metadata(("version", "v1"));
        var level = new LocalityEndpoints { Locality = TestEndpoints.East, Priority = 2, Weight = 7, Endpoints = [Named("a.test", 8080) with { Weight = 5, Metadata = metadata }] };
        var config = Strict("a.test");

        var cluster = await _test.WarmAsync(config with { InlineAssignment = config.InlineAssignment! with { Localities = [level] } });

        Assert.Equal(["10.0.0.1:8080", "10.0.0.2:8080"], cluster.Addresses());
        Assert.All(cluster.Current!.Endpoints, endpoint => Assert.Equal(
            (5u, metadata, 2u, TestEndpoints.East, "a.test"),
            (endpoint.Config.Weight, endpoint.Config.Metadata, endpoint.Priority, endpoint.Locality, endpoint.Config.Hostname)));
        Assert.Equal(7u, cluster.Current.Assignment.Localities[0].Weight);
        Assert.Equal([("a.test", AddressFamily.Unspecified)], _test.Dns.Asked);
    }

    [Fact]
    public async Task Strict_ConfiguredHostname_Stays()
    {
        _test.Dns.Set("a.test", "10.0.0.1");

        var cluster = await _test.WarmAsync(Strict(Named("a.test") with { Hostname = "other.test" }));

        Assert.Equal("other.test", Assert.Single(cluster.Current!.Endpoints).Config.Hostname);
    }

    [Fact]
    public async Task Strict_NamesAndAddresses_MayBeMixed()
    {
        _test.Dns.Set("a.test", "10.0.0.1");
        _test.Dns.Set("b.test", "10.0.0.2", "10.0.0.1");

        var cluster = await _test.WarmAsync(Strict(
            Named("a.test"), new() { Address = new IPEndPoint(IPAddress.Parse("10.0.0.9"), 90) }, Named("b.test"), Named("A.test", 81), new() { Address = new UnixDomainSocketEndPoint("/x") }));

        // 10.0.0.1:80 is there twice and counts once.
        Assert.Equal(["10.0.0.1:80", "10.0.0.9:90", "10.0.0.2:80", "10.0.0.1:81", "/x"], cluster.Addresses());
        Assert.Equal(["a.test", "b.test"], _test.Dns.Asked.Select(question => question.Name).Order());
    }

    [Fact]
    public async Task Strict_AddressesOnly_NeedNoLookup()
    {
        await _test.ApplyAsync(Strict(TestEndpoints.Endpoint(1)));

        Assert.Equal(["127.0.0.1:1"], _test.Cluster.Addresses());
        Assert.Equal(0, _test.Resolver.Clusters);
        Assert.Empty(_test.Dns.Asked);
    }

    [Fact]
    public async Task Logical_IsOneEndpointWithAllAddresses()
    {
        _test.Dns.Set("a.test", "10.0.0.1", "2001:db8::1", "10.0.0.2");

        var cluster = await _test.WarmAsync(Logical("a.test").With(DnsLookupFamily.All));

        var endpoint = Assert.Single(cluster.Current!.Endpoints).Config;
        Assert.Equal("10.0.0.1:80", endpoint.Address.ToString());
        Assert.Equal(["[2001:db8::1]:80", "10.0.0.2:80"], endpoint.FurtherAddresses.Select(address => address.ToString()));
        Assert.Equal("a.test", endpoint.Hostname);
    }

    [Fact]
    public async Task Logical_AnotherFirstAddress_IsTheSameEndpoint()
    {
        _test.Dns.Set("a.test", "10.0.0.1", "10.0.0.2");
        var cluster = await _test.WarmAsync(Logical("a.test"));
        var state = cluster.Current!.Endpoints[0].State;

        _test.Dns.Set("a.test", "10.0.0.2", "10.0.0.1");
        await _test.NextLookupAsync(Rate);

        await Eventually.TrueAsync(() => cluster.Addresses()[0] == "10.0.0.2:80");
        Assert.Same(state, cluster.Current!.Endpoints[0].State);
    }

    [Fact]
    public async Task Refresh_AddressesChange_EndpointsFollowAndKeepTheirState()
    {
        _test.Dns.Set("a.test", "10.0.0.1", "10.0.0.2");
        var cluster = await _test.WarmAsync(Strict("a.test"));
        var state = cluster.Current!.Endpoints[1].State;

        _test.Dns.Set("a.test", "10.0.0.2", "10.0.0.3");
        await _test.NextLookupAsync(Rate);

        await Eventually.TrueAsync(() => cluster.Addresses() is ["10.0.0.2:80", "10.0.0.3:80"]);
        Assert.Same(state, cluster.Current!.Endpoints[0].State);
    }

    [Fact]
    public async Task Refresh_SameAddresses_PublishesNothing()
    {
        _test.Dns.Set("a.test", "10.0.0.1", "10.0.0.2");
        var cluster = await _test.WarmAsync(Strict("a.test"));
        var before = cluster.Current;

        _test.Dns.Set("a.test", "10.0.0.2", "10.0.0.1");
        await _test.NextLookupAsync(Rate);
        await _test.NextLookupAsync(Rate);
        await Eventually.TrueAsync(() => _test.Dns.Count("a.test") >= 3);

        Assert.Same(before, cluster.Current);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Refresh_NothingFound_LastGoodAnswerStays(bool answered)
    {
        _test.Dns.Set("a.test", "10.0.0.1");
        var cluster = await _test.WarmAsync(Strict("a.test"));
        var before = cluster.Current;

        _test.Dns.Set("a.test", answered ? DnsAnswer.Empty("no such name") : DnsAnswer.Failed("SERVFAIL"));
        await _test.NextLookupAsync(Rate);
        await _test.NextLookupAsync(Rate);
        _test.Dns.Set("a.test", "10.0.0.2");
        await _test.NextLookupAsync(Rate);

        await Eventually.TrueAsync(() => cluster.Addresses() is ["10.0.0.2:80"]);
        Assert.NotSame(before, cluster.Current);
        Assert.Equal((4L, answered ? 4L : 2L, answered ? 0L : 2L, answered ? 2L : 0L), (cluster.Stats.UpdateAttempts, cluster.Stats.UpdateSuccesses, cluster.Stats.UpdateFailures, cluster.Stats.UpdatesEmpty));
        Assert.Equal(
            [LogLevel.Warning, LogLevel.Information],
            _test.Log.Where(record => record.EventId is 820 or 821).Select(record => record.Level));
    }

    [Fact]
    public async Task FirstRound_EveryLookupFails_ClusterIsWarmWithWhatItHas()
    {
        _test.Dns.Set("a.test", DnsAnswer.Failed("SERVFAIL"));

        var cluster = await _test.WarmAsync(Strict(Named("a.test"), TestEndpoints.Endpoint(1), Named("unknown.test")));

        Assert.Equal(["127.0.0.1:1"], cluster.Addresses());
    }

    [Fact]
    public async Task FirstRound_ResolverIsBroken_ClusterIsWarmAndTheLookupsGoOn()
    {
        _test.Dns.Break("a.test");
        var cluster = await _test.WarmAsync(Strict("a.test"));
        Assert.Empty(cluster.Addresses());

        _test.Dns.Set("a.test", "10.0.0.1");
        await _test.NextLookupAsync(Rate);

        await Eventually.TrueAsync(() => cluster.Addresses() is ["10.0.0.1:80"]);
    }

    [Fact]
    public async Task Refresh_EndpointsCannotBePublished_TheLookupsGoOn()
    {
        _test.Dns.Set("a.test", "10.0.0.1");
        var cluster = await _test.WarmAsync(Strict("a.test"));
        var publish = _test.Resolver.PublishAsync;
        _test.Resolver.PublishAsync = _ => throw new InvalidOperationException("broken");
        _test.Dns.Set("a.test", "10.0.0.2");
        await _test.NextLookupAsync(Rate);
        await Eventually.TrueAsync(() => _test.Log.Any(record => record.EventId == 823));

        _test.Resolver.PublishAsync = publish;
        _test.Dns.Set("a.test", "10.0.0.3");
        await _test.NextLookupAsync(Rate);

        await Eventually.TrueAsync(() => cluster.Addresses() is ["10.0.0.3:80"]);
    }

    [Fact]
    public async Task FirstRound_OneNameIsSlow_NothingIsServedUntilItsTimeIsOver()
    {
        _test.Dns.Set("a.test", "10.0.0.1");
        _test.Dns.Hold("slow.test");
        await _test.ApplyAsync(Strict("a.test", "slow.test"));
        await Eventually.TrueAsync(() => _test.Cluster.Stats.UpdateSuccesses == 1);
        Assert.False(_test.Cluster.IsWarm);

        await _test.Clock.ArmedAsync(due => due == Rate);
        await Eventually.TrueAsync(() => _test.Cluster.IsWarm, () => _test.Clock.Advance(TimeSpan.FromSeconds(1)));

        Assert.Equal(["10.0.0.1:80"], _test.Cluster.Addresses());
        Assert.InRange(_test.Cluster.Stats.UpdateFailures, 1, long.MaxValue);
    }

    [Fact]
    public async Task Update_KnownNames_AreServedAtOnce()
    {
        _test.Dns.Set("a.test", "10.0.0.1");
        var cluster = await _test.WarmAsync(Strict("a.test"));
        _test.Dns.Hold("a.test");

        await _test.ApplyAsync(Strict(Named("a.test", 8080) with { Weight = 3 }));

        Assert.Equal(["10.0.0.1:8080"], cluster.Addresses());
        Assert.Equal(3u, cluster.Current!.Endpoints[0].Config.Weight);
    }

    [Fact]
    public async Task Update_NewName_OldEndpointsServeUntilItIsKnown()
    {
        _test.Dns.Set("a.test", "10.0.0.1");
        var cluster = await _test.WarmAsync(Strict("a.test"));
        var answer = _test.Dns.Hold("b.test");

        await _test.ApplyAsync(Strict("b.test") with { ConnectTimeout = TimeSpan.FromSeconds(1) });
        Assert.Equal(["10.0.0.1:80"], cluster.Addresses());
        Assert.Equal(TimeSpan.FromSeconds(1), cluster.Current!.Config.ConnectTimeout);
        answer.SetResult(DnsAnswer.Of([IPAddress.Parse("10.0.0.2")]));

        await Eventually.TrueAsync(() => cluster.Addresses() is ["10.0.0.2:80"]);
    }

    [Fact]
    public async Task Update_OtherFamily_DoesNotInheritAddresses()
    {
        _test.Dns.Set("a.test", "10.0.0.1", "2001:db8::1");
        var cluster = await _test.WarmAsync(Strict("a.test").With(DnsLookupFamily.V4Only));

        await _test.ApplyAsync(Strict("a.test").With(DnsLookupFamily.V6Only));

        await Eventually.TrueAsync(() => cluster.Addresses() is ["[2001:db8::1]:80"]);
    }

    [Fact]
    public async Task Update_LookupOfTheOldConfigurationUnderWay_ItsAnswerCountsNoMore()
    {
        var late = _test.Dns.Hold("a.test");
        await _test.ApplyAsync(Strict("a.test"));
        await Eventually.TrueAsync(() => _test.Dns.Count("a.test") == 1);

        await _test.ApplyAsync(Strict(TestEndpoints.Endpoint(1)));
        late.SetResult(DnsAnswer.Of([IPAddress.Parse("10.0.0.1")]));
        await _test.ApplyAsync();

        Assert.Equal(["127.0.0.1:1"], _test.Cluster.Addresses());
        Assert.Equal(0, _test.Resolver.Clusters);
    }

    [Fact]
    public async Task Remove_Cluster_EndsItsLookups()
    {
        _test.Dns.Set("a.test", "10.0.0.1");
        await _test.WarmAsync(Strict("a.test"));
        await _test.Clock.ArmedAsync(due => due == Rate);

        await _test.Updater.ApplyAsync(new DataPlaneUpdate { RemovedClusters = [Name] });

        Assert.Equal(0, _test.Resolver.Clusters);
        await Eventually.TrueAsync(() => _test.Clock.RunningTimers == 0);
        _test.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Single(_test.Dns.Asked);
    }

    [Fact]
    public async Task Dispose_EndsAllLookups()
    {
        _test.Dns.Set("a.test", "10.0.0.1");
        await _test.WarmAsync(Strict("a.test"));
        await _test.Clock.ArmedAsync(due => due == Rate);

        _test.Resolver.Dispose();

        await Eventually.TrueAsync(() => _test.Clock.RunningTimers == 0);
    }

    [Fact]
    public async Task Listener_WaitsForTheFirstRound()
    {
        var answer = _test.Dns.Hold("a.test");
        await _test.Updater.ApplyAsync(new DataPlaneUpdate
        {
            Clusters = [Strict("a.test")],
            Listeners = [Proxying.ProxyConfigs.ListenerOf(Proxying.ProxyConfigs.Chain(Proxying.ProxyConfigs.ProxyTo(Name)))],
        });
        Assert.Empty(_test.Routes.Current.Listeners);

        answer.SetResult(DnsAnswer.Failed("refused"));

        await Eventually.TrueAsync(() => _test.Routes.Current.Listeners.Count == 1);
    }

    [Fact]
    public async Task ManyClusters_ManyNames_AllAreFollowed()
    {
        var configs = Enumerable.Range(0, 200).Select(i => Strict($"n{i}.test", "shared.test") with { Name = $"c{i}" }).ToArray();
        _test.Dns.Set("shared.test", "10.0.0.1");
        foreach (int i in Enumerable.Range(0, 200))
        {
            _test.Dns.Set($"n{i}.test", $"10.0.1.{i}");
        }

        await _test.ApplyAsync(configs);

        await Eventually.TrueAsync(() => _test.Updater.Clusters.All(cluster => cluster.Current?.Endpoints.Length == 2));
        Assert.Equal(200, _test.Resolver.Clusters);
    }
}
