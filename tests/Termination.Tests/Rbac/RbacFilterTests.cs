using Zoneway.MutualTls;
using Zoneway.Termination.Rbac;
using static Zoneway.Termination.Tests.Rbac.TestConnections;

namespace Zoneway.Termination.Tests.Rbac;

public sealed class RbacFilterTests
{
    [Fact]
    public void Decide_WithoutRules_LetsEveryonePass()
    {
        var filter = new RbacFilter(new RbacFilterConfig());

        Assert.True(filter.Decide(From(PeerIdentity.None), null).IsAllowed);
        Assert.Equal((0, 0), (filter.Counters.Allowed, filter.Counters.Denied));
    }

    [Theory]
    [InlineData(RbacAction.Allow, false)]
    [InlineData(RbacAction.Deny, true)]
    [InlineData(RbacAction.Log, true)]
    public void Decide_EmptyRules_AllowRefusesEveryone(RbacAction action, bool isAllowed)
    {
        var decision = Filter(action).Decide(From(Web), null);

        Assert.Equal((isAllowed, ""), (decision.IsAllowed, decision.PolicyName));
    }

    [Fact]
    public void Decide_EmptyMatcher_RefusesEveryone() =>
        Assert.False(new RbacFilter(new RbacFilterConfig { Matcher = new RbacMatcherConfig() }).Decide(From(Web), null).IsAllowed);

    [Theory]
    [InlineData(RbacAction.Allow, true, false)]
    [InlineData(RbacAction.Deny, false, true)]
    [InlineData(RbacAction.Log, true, true)]
    public void Decide_EveryAction_SaysWhatAFittingPolicyMeans(RbacAction action, bool webIsAllowed, bool otherIsAllowed)
    {
        var filter = Filter(action, Policy("web-policy", Named("spiffe://prod/web")));

        var web = filter.Decide(From(Web), null);
        var other = filter.Decide(From(Other), null);

        Assert.Equal((webIsAllowed, "web-policy"), (web.IsAllowed, web.PolicyName));
        Assert.Equal((otherIsAllowed, ""), (other.IsAllowed, other.PolicyName));
    }

    [Fact]
    public void Decide_PolicyNeedsPermissionAndPrincipal()
    {
        var filter = Filter(RbacAction.Allow, Policy("p", Named("spiffe://prod/web"), new DestinationPortCondition(443, 444)));

        Assert.False(filter.Decide(From(Web), null).IsAllowed);
        Assert.False(filter.Decide(From(Other) with { Local = new(System.Net.IPAddress.Loopback, 443) }, null).IsAllowed);
        Assert.True(filter.Decide(From(Web) with { Local = new(System.Net.IPAddress.Loopback, 443) }, null).IsAllowed);
    }

    [Fact]
    public void Decide_FirstFittingPolicy_IsNamed()
    {
        var filter = Filter(RbacAction.Allow, Policy("a", Named("spiffe://prod/other")), Policy("b", new AuthenticatedCondition(null)), Policy("c", new AnyCondition()));

        Assert.Equal("b", filter.Decide(From(Web), null).PolicyName);
        Assert.Equal("c", filter.Decide(From(PeerIdentity.None), null).PolicyName);
    }

    [Fact]
    public void Decide_PolicyWithoutPermissionOrPrincipal_FitsNoOne()
    {
        var any = All(new AnyCondition());

        Assert.False(Filter(RbacAction.Allow, new RbacPolicyConfig("p", [], any), new RbacPolicyConfig("q", any, [])).Decide(From(Web), null).IsAllowed);
    }

    [Fact]
    public void Decide_ShadowRules_AreCountedAndDecideNothing()
    {
        var filter = new RbacFilter(new RbacFilterConfig
        {
            Rules = new RbacRulesConfig(RbacAction.Allow, [Policy("p", new AnyCondition())]),
            ShadowRules = new RbacRulesConfig(RbacAction.Allow, [Policy("shadow", Named("spiffe://prod/web"))]),
        });

        var web = filter.Decide(From(Web), null);
        var other = filter.Decide(From(Other), null);

        Assert.Equal((true, true, "shadow"), (web.IsAllowed, web.IsShadowAllowed, web.ShadowPolicyName));
        Assert.Equal((true, false, ""), (other.IsAllowed, other.IsShadowAllowed, other.ShadowPolicyName));
        Assert.Equal((2, 0, 1, 1), (filter.Counters.Allowed, filter.Counters.Denied, filter.Counters.ShadowAllowed, filter.Counters.ShadowDenied));
    }

    [Fact]
    public void Decide_ShadowMatcherThatAllows_OpensNothing()
    {
        var filter = new RbacFilter(new RbacFilterConfig
        {
            Rules = new RbacRulesConfig(RbacAction.Allow, []),
            ShadowMatcher = new RbacMatcherConfig { OnNoMatch = new RbacOnMatch(new RbacMatchAction("all", RbacAction.Allow), null) },
        });

        var decision = filter.Decide(From(Web), null);

        Assert.Equal((false, true, "all"), (decision.IsAllowed, decision.IsShadowAllowed, decision.ShadowPolicyName));
        Assert.Equal((0, 1, 1, 0), (filter.Counters.Allowed, filter.Counters.Denied, filter.Counters.ShadowAllowed, filter.Counters.ShadowDenied));
    }

    [Fact]
    public void Decide_MatcherBesideRules_IsTheOneThatCounts()
    {
        var filter = new RbacFilter(new RbacFilterConfig { Rules = new RbacRulesConfig(RbacAction.Allow, [Policy("p", new AnyCondition())]), Matcher = new RbacMatcherConfig() });

        Assert.False(filter.Decide(From(Web), null).IsAllowed);
    }

    [Fact]
    public void Counters_OfTheFilterBefore_GoOn()
    {
        var before = Filter(RbacAction.Allow);
        before.Decide(From(Web), null);

        var after = new RbacFilter(before.Config, before.Counters);
        after.Decide(From(Web), null);

        Assert.Equal(2, after.Counters.Denied);
    }

    [Fact]
    public void Decide_Always_AllocatesNothing()
    {
        var filter = new RbacFilter(new RbacFilterConfig
        {
            Rules = new RbacRulesConfig(RbacAction.Allow, [Policy("p", new AndCondition(All(
                new NotCondition(new SourceIpCondition(Range("11.0.0.0", 8))), new OrCondition(All(Named("spiffe://prod/x"), Named("CN=web"))))))]),
            ShadowMatcher = new RbacMatcherConfig { Matchers = [new(new InputCondition(RbacInput.UriSan, StringMatcher.Prefix("kuma://")), new(new("a", RbacAction.Allow), null))] },
        });
        var connections = new[] { From(Peer("kuma://a/b", "spiffe://prod/x")), From(new PeerIdentity { IsAuthenticated = true, Subject = "CN=web" }), From(Web) };
        var request = Request();
        Allocated();

        // The garbage collector may empty the array pool at any time, but not each time.
        Assert.Contains(0, Enumerable.Range(0, 10).Select(_ => Allocated()));

        long Allocated()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 1000; i++)
            {
                filter.Decide(connections[i % connections.Length], request);
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Theory]
    [InlineData("", "rbac_access_denied_matched_policy[none]")]
    [InlineData("MeshTrafficPermission", "rbac_access_denied_matched_policy[MeshTrafficPermission]")]
    [InlineData("a \t\r\nb", "rbac_access_denied_matched_policy[a____b]")]
    public void Details_AreThoseOfEnvoy(string policy, string details) => Assert.Equal(details, new RbacDecision { PolicyName = policy }.Details);

    [Fact]
    public void Decision_ByDefault_Refuses() => Assert.Equal((false, "rbac_access_denied_matched_policy[none]"), (default(RbacDecision).IsAllowed, default(RbacDecision).Details));
}
