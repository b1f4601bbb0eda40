using Zoneway.MutualTls;
using Zoneway.Termination.Rbac;
using static Zoneway.Termination.Tests.Rbac.TestConnections;

namespace Zoneway.Termination.Tests.Rbac;

public sealed class RbacMatcherConfigTests
{
    private static readonly RbacOnMatch Allow = To("allow", RbacAction.Allow);
    private static readonly RbacOnMatch Deny = To("deny", RbacAction.Deny);

    [Theory]
    [InlineData(RbacInput.UriSan, "spiffe://prod/web")]
    [InlineData(RbacInput.DnsSan, "web.prod")]
    [InlineData(RbacInput.Subject, "CN=web")]
    [InlineData(RbacInput.ServerName, "api{mesh=prod}")]
    public void EveryInput_RefusesTheWrongIdentity(RbacInput input, string value)
    {
        var right = From(new PeerIdentity { IsAuthenticated = true, UriNames = ["spiffe://prod/web"], DnsNames = ["web.prod"], Subject = "CN=web" });
        var wrong = From(new PeerIdentity { IsAuthenticated = true, UriNames = ["spiffe://prod/other"], DnsNames = ["other.prod"], Subject = "CN=other" }) with { ServerName = "other" };
        var matcher = List((new InputCondition(input, StringMatcher.Exact(value)), Allow));

        AssertDecides(true, "allow", matcher, right);
        AssertDecides(false, "", matcher, wrong);
        AssertDecides(false, "", matcher, From(PeerIdentity.None) with { ServerName = "" });
    }

    [Fact]
    public void Input_OfUnverifiedPeer_FitsNothing() =>
        AssertDecides(false, "", List((new InputCondition(RbacInput.UriSan, StringMatcher.Prefix("spiffe://")), Allow)), From(Web with { IsAuthenticated = false }));

    [Fact]
    public void UriSan_SeveralNames_AreOneTextWithCommas()
    {
        var peer = From(Peer("spiffe://prod/web", "kuma://team/a"));

        AssertDecides(true, "allow", List((new InputCondition(RbacInput.UriSan, StringMatcher.Exact("spiffe://prod/web,kuma://team/a")), Allow)), peer);
        AssertDecides(true, "allow", List((new InputCondition(RbacInput.UriSan, StringMatcher.Prefix("spiffe://prod/")), Allow)), peer);
        AssertDecides(false, "", List((new InputCondition(RbacInput.UriSan, StringMatcher.Exact("spiffe://prod/web")), Allow)), peer);
        AssertDecides(false, "", List((new InputCondition(RbacInput.UriSan, StringMatcher.Exact("kuma://team/a")), Allow)), peer);
    }

    [Fact]
    public void List_FirstThatFits_Counts()
    {
        var matcher = List((Uri("spiffe://prod/other"), Deny), (new InputCondition(RbacInput.UriSan, StringMatcher.Prefix("spiffe://prod/")), Allow)) with { OnNoMatch = To("default", RbacAction.Deny) };

        AssertDecides(false, "deny", matcher, From(Other));
        AssertDecides(true, "allow", matcher, From(Web));
        AssertDecides(false, "default", matcher, From(Peer("spiffe://test/web")));
    }

    [Fact]
    public void AndOrNot_RefuseTheWrongIdentity()
    {
        var name = new InputCondition(RbacInput.ServerName, StringMatcher.Exact("api{mesh=prod}"));

        AssertDecides(true, "allow", List((new AndCondition(All(name, Uri("spiffe://prod/web"))), Allow)), From(Web));
        AssertDecides(false, "", List((new AndCondition(All(name, Uri("spiffe://prod/web"))), Allow)), From(Other));
        AssertDecides(true, "allow", List((new OrCondition(All(Uri("spiffe://prod/api"), Uri("spiffe://prod/web"))), Allow)), From(Web));
        AssertDecides(false, "", List((new OrCondition(All(Uri("spiffe://prod/api"), Uri("spiffe://prod/web"))), Allow)), From(Other));
        AssertDecides(true, "allow", List((new NotCondition(Uri("spiffe://prod/other")), Allow)), From(Web));
        AssertDecides(false, "", List((new NotCondition(Uri("spiffe://prod/other")), Allow)), From(Other));
    }

    [Theory]
    [InlineData(RbacAction.Allow, true)]
    [InlineData(RbacAction.Log, true)]
    [InlineData(RbacAction.Deny, false)]
    public void Action_SaysWhoIsLetIn(RbacAction action, bool isAllowed) => AssertDecides(isAllowed, "x", List((new AnyCondition(), To("x", action))), From(Web));

    [Fact]
    public void OnNoMatch_Alone_DecidesForEveryone() => AssertDecides(true, "allow", new RbacMatcherConfig { OnNoMatch = Allow }, From(PeerIdentity.None));

    [Fact]
    public void Nested_LeadingNowhere_GoesOn()
    {
        var nested = new RbacOnMatch(null, List((Uri("spiffe://prod/web"), Allow)));
        var matcher = List((new AnyCondition(), nested), (Uri("spiffe://prod/other"), Deny));

        AssertDecides(true, "allow", matcher, From(Web));
        AssertDecides(false, "deny", matcher, From(Other));
        AssertDecides(false, "", matcher, From(Peer("spiffe://prod/third")));
    }

    [Fact]
    public void ExactMap_RefusesTheWrongIdentity()
    {
        var matcher = Map(isPrefix: false, ("spiffe://prod/web", Allow), ("spiffe://prod/w", Deny)) with { OnNoMatch = To("default", RbacAction.Deny) };

        AssertDecides(true, "allow", matcher, From(Web));
        AssertDecides(false, "default", matcher, From(Other));
        AssertDecides(false, "default", matcher, From(PeerIdentity.None));
        AssertDecides(false, "default", matcher, From(Peer("spiffe://prod/web", "kuma://team/a")));
    }

    [Fact]
    public void PrefixMap_LongestPrefix_Counts()
    {
        var matcher = Map(isPrefix: true, ("spiffe://prod/", Allow), ("spiffe://prod/other", Deny), ("spiffe://", new RbacOnMatch(null, List((Uri("spiffe://test/web"), To("nested", RbacAction.Allow))))));

        AssertDecides(true, "allow", matcher, From(Web));
        AssertDecides(false, "deny", matcher, From(Peer("spiffe://prod/other-2")));
        AssertDecides(true, "nested", matcher, From(Peer("spiffe://test/web")));
        AssertDecides(false, "", matcher, From(Peer("spiffe://test/api")));
        AssertDecides(false, "", matcher, From(Peer("http://prod")));
    }

    [Fact]
    public void PrefixMap_LongestLeadingNowhere_TriesShorterOnes()
    {
        var matcher = Map(isPrefix: true, ("spiffe://", Deny), ("spiffe://prod/", new RbacOnMatch(null, List((Uri("spiffe://prod/web"), Allow)))));

        AssertDecides(true, "allow", matcher, From(Web));
        AssertDecides(false, "deny", matcher, From(Other));
    }

    private static RbacOnMatch To(string name, RbacAction action) => new(new RbacMatchAction(name, action), null);

    private static InputCondition Uri(string name) => new(RbacInput.UriSan, StringMatcher.Exact(name));

    private static RbacMatcherConfig List(params (RbacCondition Predicate, RbacOnMatch OnMatch)[] matchers) =>
        new() { Matchers = [.. matchers.Select(matcher => new RbacFieldMatcher(matcher.Predicate, matcher.OnMatch))] };

    private static RbacMatcherConfig Map(bool isPrefix, params (string Key, RbacOnMatch OnMatch)[] entries) =>
        new() { Map = new RbacMatchMap(RbacInput.UriSan, isPrefix, entries.Select(entry => KeyValuePair.Create(entry.Key, entry.OnMatch))) };

    private static void AssertDecides(bool isAllowed, string policy, RbacMatcherConfig matcher, TerminatedConnection connection)
    {
        var decision = new RbacFilter(new RbacFilterConfig { Matcher = matcher }).Decide(connection, null);

        Assert.Equal((isAllowed, policy), (decision.IsAllowed, decision.PolicyName));
    }
}
