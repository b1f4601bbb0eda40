using System.Net;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Routing;
using Zoneway.SniRouter.Telemetry;
using Zoneway.SniRouter.Tests.Proxying;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.Routing;

public sealed class SniAliasesTests
{
    private const string Tags = "backend_kuma-demo_svc_8080{mesh=default}";
    private const string Hashed = "accece0df656574f6.backend.kuma-demo.8080.default.ms";
    private const string Kri = "sni.msvc.default.east.kuma-demo.backend.8080";

    private readonly List<string> _ambiguous = [];

    [Theory]
    [InlineData(Hashed, "default_backend_kuma-demo_east_msvc_8080", Tags, Kri)]
    [InlineData(Kri, "kri_msvc_default_east_kuma-demo_backend_8080", Hashed, Tags)]
    [InlineData(Tags, "default:backend_kuma-demo_svc_8080", Hashed)]
    [InlineData("a601e0c00295a9fbe.backend.80.default.ms", "default_backend__east_msvc_80", "backend{mesh=default}", "sni.msvc.default.east.backend.80")]
    [InlineData("sni.mzsvc.default.global-backend.8080", "kri_mzsvc_default___global-backend_8080", "af3970c102292b6ea.global-backend.8080.default.mzms")]
    [InlineData("backend{mesh=default}", "default:backend")]
    [InlineData("example.com", "web")]
    public void Apply_OneChain_HasTheOtherForms(string sni, string cluster, params string[] aliases)
    {
        var names = Names(Apply(Chain(sni, cluster)), 0);

        Assert.Equal([sni, .. aliases.Order(StringComparer.Ordinal)], names);
        Assert.Empty(_ambiguous);
    }

    [Fact]
    public void Apply_NameOfAnotherChain_IsNotTaken()
    {
        var refusing = Chain(Tags.ToUpperInvariant(), "x") with { Action = new QuarantinedConfig("broken") };

        var result = Apply(Chain(Hashed, "default_backend_kuma-demo_east_msvc_8080"), refusing);

        Assert.Equal([Hashed, Kri], Names(result, 0));
        Assert.Equal([Tags.ToUpperInvariant()], Names(result, 1));
        Assert.Empty(_ambiguous);
    }

    [Fact]
    public void Apply_TwoPortsOfAUniversalService_TheNameWithoutPortIsNobodys()
    {
        var result = Apply(Chain("sni.msvc.default.east.backend.80", "kri_msvc_default_east__backend_80"), Chain("sni.msvc.default.east.backend.81", "kri_msvc_default_east__backend_81"));

        Assert.Equal(["backend{mesh=default}"], _ambiguous);
        Assert.All(Enumerable.Range(0, 2), index => Assert.Equal(2, Names(result, index).Length));
    }

    [Fact]
    public void Apply_SameServiceOfTwoZones_OnlyItsOwnFormsAreCertain()
    {
        var result = Apply(Chain("sni.msvc.default.east.kuma-demo.backend.8080", "kri_msvc_default_east_kuma-demo_backend_8080"), Chain("sni.msvc.default.west.kuma-demo.backend.8080", "kri_msvc_default_west_kuma-demo_backend_8080"));

        Assert.Equal([Hashed, Tags], _ambiguous.Order(StringComparer.Ordinal));
        Assert.All(Enumerable.Range(0, 2), index => Assert.Single(Names(result, index)));
    }

    [Fact]
    public void Apply_OneServiceInTwoForms_TheChainThatKnowsTheZoneHasTheThird()
    {
        var tags = Chain(Tags, "default:backend_kuma-demo_svc_8080");
        var kri = Chain(Kri, "kri_msvc_default_east_kuma-demo_backend_8080");

        Assert.Equal([Kri, Hashed], Names(Apply(tags, kri), 1));
        Assert.Equal([Kri, Hashed], Names(Apply(kri, tags), 0));
        Assert.Empty(_ambiguous);
    }

    [Fact]
    public void Apply_ChainsThatAreNotOnePlainService_HaveNoAlias()
    {
        var plain = Chain(Hashed, "default_backend_kuma-demo_east_msvc_8080");
        var proxy = (TcpProxyConfig)plain.Action;
        FilterChainConfig[] chains =
        [
            plain with { Action = new QuarantinedConfig("broken") },
            plain with { Action = new DirectResponseConfig(default) },
            plain with { Action = proxy with { Clusters = [proxy.Clusters[0] with { MetadataMatch = new([new("version", MetadataValue.Of("1"))]) }] } },
            plain with { Action = proxy with { Clusters = [proxy.Clusters[0], proxy.Clusters[0]] } },
            plain with { Match = plain.Match with { ServerNames = [Hashed, "other"] } },
            plain with { Match = FilterChainMatch.Any },
        ];

        Assert.All(chains, chain => Assert.Equal(chain.Match.ServerNames.ToArray(), Names(Apply(chain), 0)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Connection_UnderAnAlias_IsServedIfAskedFor(bool enabled)
    {
        await using var upstream = new EchoUpstream();
        await using var proxy = await ProxyUnderTest.StartAsync(PathUnderTest.Portable, options => options.SniAliases = enabled);
        const string Cluster = "default_backend_kuma-demo_east_msvc_8080";
        await proxy.ApplyAsync(new()
        {
            Clusters = [ProxyConfigs.ClusterOf(upstream.Address) with { Name = Cluster }],
            Listeners = [ProxyConfigs.ListenerOf(Chain(Hashed, Cluster))],
        });
        var hello = ClientHelloBuilder.Typical(Kri).Build();

        using var client = await proxy.ConnectAsync(hello);

        if (enabled)
        {
            Assert.Equal(hello, await client.ReceiveAsync(hello.Length));
        }
        else
        {
            await client.EndAsync();
            await proxy.ExpectAsync(ConnectionOutcome.NoRoute);
        }
    }

    [Fact]
    public async Task Update_AmbiguousAliases_AreToldInOneLine()
    {
        await using var proxy = await ProxyUnderTest.StartAsync(PathUnderTest.Portable, options => options.SniAliases = true);

        await proxy.ApplyAsync(new()
        {
            Listeners = [ProxyConfigs.ListenerOf(
                Chain("sni.msvc.default.east.backend.80", "kri_msvc_default_east__backend_80"), Chain("sni.msvc.default.east.backend.81", "kri_msvc_default_east__backend_81"))],
        });

        Assert.Contains("backend{mesh=default}", Assert.Single(proxy.Log, record => record.EventId == 102).Message, StringComparison.Ordinal);
    }

    private ListenerConfig Apply(params FilterChainConfig[] chains) =>
        SniAliases.Apply(new ListenerConfig { Name = "in", Address = new IPEndPoint(IPAddress.Loopback, 0), FilterChains = [.. chains] }, _ambiguous);

    private static FilterChainConfig Chain(string sni, string cluster) => ProxyConfigs.Chain(ProxyConfigs.ProxyTo(cluster), sni);

    private static string[] Names(ListenerConfig listener, int chain) => [.. listener.FilterChains[chain].Match.ServerNames];
}
