using System.Net;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Http;
using Zoneway.MutualTls;
using Zoneway.Termination.Http;
using Zoneway.Termination.Rbac;
using static Zoneway.Termination.Tests.Rbac.TestConnections;

namespace Zoneway.Termination.Tests.Rbac;

/// <summary>Whatever the trees of conditions, decisions are those of an evaluator that is written down as naively as possible.</summary>
public sealed class RbacReferenceTests
{
    private static readonly string[] Names = ["spiffe://a/x", "spiffe://a/y", "spiffe://b/x", "kuma://t/v", "a.x", "b.x", "CN=a", "CN=b", ""];

    private static readonly Gen<StringMatcher> Texts =
        from kind in Gen.Elements(StringMatchKind.Exact, StringMatchKind.Prefix, StringMatchKind.Suffix, StringMatchKind.Contains)
        from text in Gen.Elements(Names)
        from length in Gen.Choose(1, 12)
        select StringMatcher.Of(kind, text[..Math.Min(length, text.Length)]);

    private static readonly Gen<RbacCondition> Leaves = Gen.OneOf(
        Gen.Constant<RbacCondition>(new AnyCondition()),
        Gen.Constant<RbacCondition>(new AuthenticatedCondition(null)),
        Texts.Select(RbacCondition (text) => new AuthenticatedCondition(text)),
        Texts.Select(RbacCondition (text) => new ServerNameCondition(text)),
        Texts.Select(RbacCondition (text) => new FilterStateCondition("k", text)),
        Texts.Select(RbacCondition (text) => new UrlPathCondition(text)),
        from text in Texts
        from isInverted in Gen.Elements(true, false)
        from missing in Gen.Elements(true, false)
        select (RbacCondition)new HeaderCondition(new HeaderMatcherConfig { Name = "h", Value = text, IsInverted = isInverted, TreatsMissingAsEmpty = missing }),
        from text in Texts
        from input in Gen.Elements(Enum.GetValues<RbacInput>())
        select (RbacCondition)new InputCondition(input, text),
        from port in Gen.Choose(1, 4)
        from more in Gen.Choose(1, 3)
        select (RbacCondition)new DestinationPortCondition(port, port + more));

    private static readonly Gen<TerminatedConnection> Connections =
        from isAuthenticated in Gen.Frequency((4, Gen.Constant(true)), (1, Gen.Constant(false)))
        from uris in Gen.SubListOf(Names[..4])
        from dns in Gen.SubListOf(Names[4..6])
        from subject in Gen.Elements(Names[6..])
        from serverName in Gen.Elements(Names)
        from state in Gen.SubListOf(Names)
        from port in Gen.Choose(1, 6)
        select new TerminatedConnection
        {
            Id = "c",
            ServerName = serverName,
            Peer = new PeerIdentity { IsAuthenticated = isAuthenticated, UriNames = [.. uris], DnsNames = [.. dns], Subject = subject },
            Local = new IPEndPoint(IPAddress.Loopback, port),
            FilterState = state.Take(1).ToDictionary(_ => "k", value => value, StringComparer.Ordinal),
        };

    private static readonly Gen<HttpRequest?> Requests = Gen.OneOf(
        Gen.Constant<HttpRequest?>(null),
        from path in Gen.Elements(Names)
        from header in Gen.SubListOf(Names)
        select (HttpRequest?)Request($"/{path}?{path}", headers: [.. header.Take(1).Select(value => ("h", value))]));

    [Fact]
    public void Decide_RandomRules_EqualsTheReference()
    {
        var cases = from action in Gen.Elements(Enum.GetValues<RbacAction>())
                    from policies in (from permissions in Trees(3).ArrayOf(2) from principals in Trees(4).ArrayOf(2) select (permissions, principals)).ListOf()
                    from connection in Connections
                    from request in Requests
                    select (action, policies: policies.Select((policy, i) => new RbacPolicyConfig($"{i}", [.. policy.permissions], [.. policy.principals])).ToList(), connection, request);

        Prop.ForAll(cases.ToArbitrary(), test =>
        {
            var fitting = test.policies.FirstOrDefault(policy =>
                policy.Permissions.Any(condition => Fits(condition, test.connection, test.request)) && policy.Principals.Any(condition => Fits(condition, test.connection, test.request)));

            var decision = Filter(test.action, [.. test.policies]).Decide(test.connection, test.request);

            return decision.PolicyName == (fitting?.Name ?? "") && decision.IsAllowed == (test.action == RbacAction.Log || test.action == RbacAction.Allow == fitting is not null);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000).WithEndSize(6));
    }

    [Fact]
    public void Decide_RandomMatchers_EqualsTheReference()
    {
        var cases = from matcher in Matchers(2)
                    from connection in Connections
                    from request in Requests
                    select (matcher, connection, request);

        Prop.ForAll(cases.ToArbitrary(), test =>
        {
            var action = Actions(test.matcher, test.connection, test.request).FirstOrDefault();

            var decision = new RbacFilter(new RbacFilterConfig { Matcher = test.matcher }).Decide(test.connection, test.request);

            return decision.PolicyName == (action?.Name ?? "") && decision.IsAllowed == (action is not null && action.Action != RbacAction.Deny);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000).WithEndSize(6));
    }

    private static Gen<RbacCondition> Trees(int depth) => depth == 0 ? Leaves : Gen.Frequency(
        (2, Leaves),
        (1, Gen.Choose(1, 3).SelectMany(count => Trees(depth - 1).ArrayOf(count)).Select(RbacCondition (parts) => new AndCondition([.. parts]))),
        (1, Gen.Choose(1, 3).SelectMany(count => Trees(depth - 1).ArrayOf(count)).Select(RbacCondition (parts) => new OrCondition([.. parts]))),
        (1, Trees(depth - 1).Select(RbacCondition (part) => new NotCondition(part))));

    private static Gen<RbacOnMatch> OnMatches(int depth)
    {
        var actions = from action in Gen.Elements(Enum.GetValues<RbacAction>())
                      from name in Gen.Elements("p", "q", "r")
                      select new RbacOnMatch(new RbacMatchAction(name, action), null);
        return depth == 0 ? actions : Gen.Frequency((2, actions), (1, Matchers(depth - 1).Select(matcher => new RbacOnMatch(null, matcher))));
    }

    private static Gen<RbacMatcherConfig> Matchers(int depth) =>
        from conditions in Gen.Choose(0, 3).SelectMany(count => Trees(2).ArrayOf(count))
        from onMatches in OnMatches(depth).ArrayOf(3)
        from hasMap in Gen.Elements(true, false)
        from isPrefix in Gen.Elements(true, false)
        from input in Gen.Elements(Enum.GetValues<RbacInput>())
        from keys in Gen.SubListOf("spiffe://a/x", "spiffe://a/", "spiffe://", "a.", "a.x", "CN=", "spiffe://a/x,kuma://t/v")
        from values in OnMatches(depth).ArrayOf(7)
        from otherwise in OnMatches(depth)
        from hasOtherwise in Gen.Elements(true, false)
        select new RbacMatcherConfig
        {
            Matchers = [.. conditions.Zip(onMatches, (condition, onMatch) => new RbacFieldMatcher(condition, onMatch))],
            Map = hasMap ? new RbacMatchMap(input, isPrefix, keys.Zip(values, KeyValuePair.Create)) : null,
            OnNoMatch = hasOtherwise ? otherwise : null,
        };

    private static IEnumerable<RbacMatchAction> Actions(RbacMatcherConfig matcher, TerminatedConnection connection, HttpRequest? request)
    {
        var ways = matcher.Matchers.Where(step => Fits(step.Predicate, connection, request)).Select(step => step.OnMatch);
        if (matcher.Map is { } map && Text(map.Input, connection) is { Length: > 0 } text)
        {
            ways = ways.Concat(map.Entries.Where(entry => map.IsPrefix ? text.StartsWith(entry.Key, StringComparison.Ordinal) : text == entry.Key).OrderByDescending(entry => entry.Key.Length).Select(entry => entry.Value));
        }

        return ways.Concat(matcher.OnNoMatch is { } otherwise ? [otherwise] : []).SelectMany(way => way.Action is { } action ? [action] : Actions(way.Matcher!, connection, request));
    }

    private static bool Fits(RbacCondition condition, TerminatedConnection connection, HttpRequest? request) => condition switch
    {
        AnyCondition => true,
        AndCondition and => and.Conditions.All(part => Fits(part, connection, request)),
        OrCondition or => or.Conditions.Any(part => Fits(part, connection, request)),
        NotCondition not => !Fits(not.Condition, connection, request),
        AuthenticatedCondition { Name: null } => connection.Peer.IsAuthenticated,
        AuthenticatedCondition by => connection.Peer.IsAuthenticated && connection.Peer.PrincipalNames.Any(name => Fits(by.Name!, name)),
        ServerNameCondition by => Fits(by.Value, connection.ServerName),
        FilterStateCondition by => connection.FilterState.ContainsKey(by.Key) && Fits(by.Value, connection.FilterState[by.Key]),
        DestinationPortCondition by => Enumerable.Range(by.Start, by.End - by.Start).Contains(connection.Local!.Port),
        UrlPathCondition by => request is not null && Fits(by.Path, RequestTarget.PathAndQuery(request).ToString().Split('?')[0]),
        InputCondition by => Text(by.Input, connection) is { Length: > 0 } text && Fits(by.Value, text),
        HeaderCondition { Header: var header } => request is not null && (request.Headers.ContainsKey("h") || header.TreatsMissingAsEmpty)
            && Fits(header.Value!, request.Headers["h"].FirstOrDefault() ?? "") != header.IsInverted,
        _ => throw new ArgumentException($"{condition}", nameof(condition)),
    };

    private static string Text(RbacInput input, TerminatedConnection connection) =>
        input == RbacInput.ServerName ? connection.ServerName
        : !connection.Peer.IsAuthenticated ? ""
        : input == RbacInput.UriSan ? string.Join(',', connection.Peer.UriNames)
        : input == RbacInput.DnsSan ? string.Join(',', connection.Peer.DnsNames)
        : connection.Peer.Subject;

    private static bool Fits(StringMatcher matcher, string text) => matcher.Kind switch
    {
        StringMatchKind.Exact => text == matcher.Pattern,
        StringMatchKind.Prefix => text.StartsWith(matcher.Pattern, StringComparison.Ordinal),
        StringMatchKind.Suffix => text.EndsWith(matcher.Pattern, StringComparison.Ordinal),
        _ => text.Contains(matcher.Pattern, StringComparison.Ordinal),
    };
}
