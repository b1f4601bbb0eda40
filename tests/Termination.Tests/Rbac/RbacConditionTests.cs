using System.Net;
using Microsoft.AspNetCore.Http;
using Zoneway.MutualTls;
using Zoneway.Termination.Http;
using Zoneway.Termination.Rbac;
using static Zoneway.Termination.Tests.Rbac.TestConnections;

namespace Zoneway.Termination.Tests.Rbac;

/// <summary>Every kind of condition twice: who it is about gets in, everyone else is refused.</summary>
public sealed class RbacConditionTests
{
    [Theory]
    [InlineData(StringMatchKind.Exact, "spiffe://prod/web", "spiffe://prod/web-2")]
    [InlineData(StringMatchKind.Prefix, "spiffe://prod/", "spiffe://production/web")]
    [InlineData(StringMatchKind.Suffix, "/web", "spiffe://prod/web/x")]
    [InlineData(StringMatchKind.Contains, "prod", "spiffe://test/web")]
    public void Authenticated_ByName_RefusesTheWrongIdentity(StringMatchKind kind, string pattern, string wrong)
    {
        var filter = Allowing(new AuthenticatedCondition(StringMatcher.Of(kind, pattern)));

        AssertDecides(filter, From(Web), From(Peer(wrong)));
        AssertRefuses(filter, From(PeerIdentity.None));
        AssertRefuses(filter, From(Web with { IsAuthenticated = false }));
    }

    [Fact]
    public void Authenticated_ByRegex_RefusesTheWrongIdentity()
    {
        var filter = Allowing(new AuthenticatedCondition(StringMatcher.TryRegex("spiffe://[^/]+/web", out _)));

        AssertDecides(filter, From(Web), From(Peer("spiffe://prod/web/admin")));
        AssertRefuses(filter, From(Peer("xspiffe://prod/web")));
    }

    [Fact]
    public void Authenticated_WithoutName_TakesAnyVerifiedPeerOnly()
    {
        var filter = Allowing(new AuthenticatedCondition(null));

        AssertDecides(filter, From(Other), From(PeerIdentity.None));
        AssertDecides(filter, From(new PeerIdentity { IsAuthenticated = true }), From(Web with { IsAuthenticated = false }));
    }

    [Fact]
    public void Authenticated_SeveralUriNames_AnyOfThemCounts()
    {
        var filter = Allowing(Named("spiffe://prod/web"));

        AssertDecides(filter, From(Peer("kuma://team/a", "spiffe://prod/web")), From(Peer("kuma://team/a", "spiffe://prod/other")));
    }

    [Fact]
    public void Authenticated_OtherNames_CountOnlyWithoutUriNames()
    {
        var dns = new PeerIdentity { IsAuthenticated = true, DnsNames = ["web.prod"], Subject = "CN=web" };
        var byDns = Allowing(Named("web.prod"));
        var bySubject = Allowing(Named("CN=web"));

        AssertDecides(byDns, From(dns), From(dns with { UriNames = ["spiffe://prod/other"] }));
        AssertDecides(bySubject, From(dns with { DnsNames = [] }), From(dns));
        AssertRefuses(bySubject, From(dns with { DnsNames = [], Subject = "CN=other" }));
    }

    [Fact]
    public void Any_TakesEveryone_AndNotAny_NoOne()
    {
        Assert.True(Allowing(new AnyCondition()).Decide(From(PeerIdentity.None), null).IsAllowed);
        AssertRefuses(Allowing(new NotCondition(new AnyCondition())), From(Web));
    }

    [Fact]
    public void And_RefusesWhoFitsOnlyOne()
    {
        var filter = Allowing(new AndCondition(All(Named("spiffe://prod/web"), new SourceIpCondition(Range("10.1.0.0", 16)))));

        AssertDecides(filter, From(Web), From(Other));
        AssertRefuses(filter, From(Web) with { Remote = IPEndPoint.Parse("10.2.0.1:1") });
    }

    [Fact]
    public void Or_RefusesWhoFitsNone() =>
        AssertDecides(Allowing(new OrCondition(All(Named("spiffe://prod/api"), Named("spiffe://prod/web")))), From(Web), From(Other));

    [Fact]
    public void Not_RefusesWhomItNames() => AssertDecides(Allowing(new NotCondition(Named("spiffe://prod/other"))), From(Web), From(Other));

    [Theory]
    [InlineData("10.1.2.0", 24, "10.1.2.255", "10.1.3.0")]
    [InlineData("10.1.2.3", 32, "10.1.2.3", "10.1.2.2")]
    [InlineData("10.1.2.3", 32, "::ffff:10.1.2.3", "::ffff:10.1.2.4")]
    [InlineData("10.1.0.0", 15, "10.0.9.9", "10.2.0.0")]
    [InlineData("0.0.0.0", 0, "255.1.1.1", "::1")]
    [InlineData("fd00::", 7, "fdff::1", "fe00::1")]
    [InlineData("::", 0, "2001:db8::1", "10.1.2.3")]
    public void SourceIp_RefusesOtherAddresses(string address, uint bits, string inside, string outside)
    {
        var filter = Allowing(new SourceIpCondition(Range(address, bits)));

        AssertDecides(filter, From(Web) with { Remote = new IPEndPoint(IPAddress.Parse(inside), 1) }, From(Web) with { Remote = new IPEndPoint(IPAddress.Parse(outside), 1) });
        AssertRefuses(filter, From(Web) with { Remote = null });
    }

    [Fact]
    public void DestinationIp_RefusesOtherAddresses()
    {
        var filter = Filter(RbacAction.Allow, Policy("p", new AnyCondition(), new DestinationIpCondition(Range("192.168.0.1", 32))));

        AssertDecides(filter, From(Web), From(Web) with { Local = IPEndPoint.Parse("192.168.0.2:10002") });
        AssertRefuses(filter, From(Web) with { Local = null });
    }

    [Theory]
    [InlineData(10002, 10003, 10001)]
    [InlineData(10002, 10003, 10003)]
    [InlineData(10000, 10100, 10100)]
    public void DestinationPort_RefusesOtherPorts(int start, int end, int other)
    {
        var filter = Filter(RbacAction.Allow, Policy("p", new AnyCondition(), new DestinationPortCondition(start, end)));

        AssertDecides(filter, From(Web), From(Web) with { Local = new IPEndPoint(IPAddress.Loopback, other) });
        AssertRefuses(filter, From(Web) with { Local = null });
    }

    [Fact]
    public void ServerName_RefusesOtherNames()
    {
        var filter = Filter(RbacAction.Allow, Policy("p", new AnyCondition(), new ServerNameCondition(StringMatcher.Exact("api{mesh=prod}"))));

        AssertDecides(filter, From(Web), From(Web) with { ServerName = "db{mesh=prod}" });
        AssertRefuses(filter, From(Web) with { ServerName = "" });
    }

    [Fact]
    public void FilterState_RefusesOtherValuesAndMissingKeys()
    {
        AssertDecides(
            Allowing(new FilterStateCondition("kuma.key", StringMatcher.Exact("blue"))),
            From(Web), From(Web) with { FilterState = new Dictionary<string, string>(StringComparer.Ordinal) { ["kuma.key"] = "red" } });
        AssertRefuses(Allowing(new FilterStateCondition("kuma.other", StringMatcher.TryRegex(".*", out _)!)), From(Web));
    }

    [Fact]
    public void Header_RefusesOtherValues_AndConnectionsWithoutRequest()
    {
        var filter = Allowing(new HeaderCondition(new HeaderMatcherConfig { Name = "x-team", Value = StringMatcher.Exact("blue") }));

        Assert.True(filter.Decide(From(Web), Request(headers: ("X-Team", "blue"))).IsAllowed);
        Assert.False(filter.Decide(From(Web), Request(headers: ("X-Team", "red"))).IsAllowed);
        Assert.False(filter.Decide(From(Web), Request()).IsAllowed);
        AssertRefuses(filter, From(Web));
        AssertRefuses(Allowing(new HeaderCondition(new HeaderMatcherConfig { Name = "x-team", IsPresent = false })), From(Web));
    }

    [Theory]
    [InlineData("/orders")]
    [InlineData("/orders?id=1")]
    [InlineData("/orders#top")]
    public void UrlPath_IsComparedWithoutQuery_AndRefusesOtherPaths(string target)
    {
        var filter = Filter(RbacAction.Allow, Policy("p", new AnyCondition(), new UrlPathCondition(StringMatcher.Exact("/orders"))));

        Assert.True(filter.Decide(From(Web), Request(target)).IsAllowed);
        Assert.False(filter.Decide(From(Web), Request("/users?x=/orders")).IsAllowed);
        Assert.False(filter.Decide(From(Web), Request("/orders/")).IsAllowed);
        AssertRefuses(filter, From(Web));
    }

    [Fact]
    public void UrlPath_OfRequestWithoutPath_FitsNothing() =>
        Assert.False(Allowing(new UrlPathCondition(StringMatcher.TryRegex(".*", out _)!)).Decide(From(Web), Request("example.com:443", HttpMethods.Connect)).IsAllowed);

    [Theory]
    [InlineData("10.0.0.0", 33u)]
    [InlineData("::", 129u)]
    [InlineData("kuma.io", 8u)]
    [InlineData("", 0u)]
    public void IpRange_OfNoAddresses_IsNone(string address, uint bits) => Assert.Null(IpRange.TryCreate(address, bits));

    private static void AssertDecides(RbacFilter filter, TerminatedConnection right, TerminatedConnection wrong)
    {
        Assert.True(filter.Decide(right, null).IsAllowed);
        AssertRefuses(filter, wrong);
    }

    private static void AssertRefuses(RbacFilter filter, TerminatedConnection connection) => Assert.False(filter.Decide(connection, null).IsAllowed);
}
