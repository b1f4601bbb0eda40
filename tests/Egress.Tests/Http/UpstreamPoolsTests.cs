using System.Net;
using Microsoft.AspNetCore.Http;
using Zoneway.Egress.Connections;
using Zoneway.Egress.Http;
using Zoneway.Egress.Tests.EndToEnd;
using Zoneway.MutualTls;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Proxying;

namespace Zoneway.Egress.Tests.Http;

/// <summary>What becomes of the connections to endpoints when the configuration changes under requests.</summary>
public sealed class UpstreamPoolsTests
{
    private readonly UpstreamPools _pools = new(new UpstreamConnector(TimeProvider.System), new UpstreamSecurity(new SecretStore(), TimeProvider.System), TimeProvider.System);
    private readonly ClusterState _cluster = new("upstream");

    [Fact]
    public async Task Use_EndpointIsSpokenToInAnotherWay_RequestThatHasThePoolIsStillSent()
    {
        await using var upstream = await TestUpstream.StartAsync(static context => context.Response.WriteAsync("ok"));
        var before = Use(upstream.Address, new HttpProtocolConfig());

        var after = Use(upstream.Address, new HttpProtocolConfig { IdleTimeout = TimeSpan.FromSeconds(1) });

        Assert.NotSame(before, after);
        Assert.Equal("ok", await GetAsync(before));
        before.Release();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => GetAsync(before));
        Assert.Equal("ok", await GetAsync(after));
    }

    [Fact]
    public async Task Use_EndpointIsGone_RequestThatHasThePoolIsStillSent()
    {
        await using var upstream = await TestUpstream.StartAsync(static context => context.Response.WriteAsync("ok"));
        var before = Use(upstream.Address, new HttpProtocolConfig());

        Use(new IPEndPoint(IPAddress.Loopback, 1), new HttpProtocolConfig());

        Assert.Equal("ok", await GetAsync(before));
        before.Release();
        Assert.False(before.TryUse());
    }

    [Fact]
    public void Use_OnlyLimitsHaveChanged_KeepsThePool()
    {
        var address = new IPEndPoint(IPAddress.Loopback, 1);
        var before = Use(address, new HttpProtocolConfig());

        var after = Use(address, new HttpProtocolConfig(), new CircuitBreakerConfig { MaxConnections = 1 });

        Assert.Same(before, after);
    }

    private UpstreamPool Use(IPEndPoint address, HttpProtocolConfig http, CircuitBreakerConfig? limits = null)
    {
        var locality = new LocalityEndpoints { Endpoints = [new EndpointConfig { Address = address }] };
        _cluster.Update(new ClusterConfig
        {
            Name = "upstream",
            Http = http,
            CircuitBreakers = limits ?? CircuitBreakerConfig.Default,
            Discovery = ClusterDiscovery.Static,
            InlineAssignment = new LoadAssignment { ClusterName = "upstream", Localities = [locality] },
        });
        var current = _cluster.Current!;
        return _pools.Use(_cluster, current, current.Endpoints[0]);
    }

    private static async Task<string> GetAsync(UpstreamPool pool)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, pool.Origin + "/");
        using var response = await pool.Invoker.SendAsync(request, CancellationToken.None);
        return await response.Content.ReadAsStringAsync();
    }
}
