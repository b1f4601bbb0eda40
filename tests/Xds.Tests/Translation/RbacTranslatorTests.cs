using System.Net;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Zoneway.MutualTls;
using Zoneway.Termination;
using Zoneway.Termination.Rbac;
using Zoneway.Xds.Protocol;
using Zoneway.Xds.Translation;
using HttpRbac = Envoy.Extensions.Filters.Http.Rbac.V3.RBAC;
using NetworkRbac = Envoy.Extensions.Filters.Network.Rbac.V3.RBAC;

namespace Zoneway.Xds.Tests.Translation;

public sealed class RbacTranslatorTests
{
    private const string ActionType = "'@type': 'type.googleapis.com/envoy.config.rbac.v3.Action'";
    private const string Allow = "{'action': {'name': 'a', 'typedConfig': {" + ActionType + ", 'name': 'allow'}}}";
    private const string Any = "'permissions': [{'any': true}], 'principals': [{'any': true}]";

    private static readonly TerminatedConnection Web = From("spiffe://prod/web");
    private static readonly TerminatedConnection Other = From("spiffe://prod/other") with
    {
        ServerName = "db",
        Remote = IPEndPoint.Parse("10.9.9.9:1"),
        Local = IPEndPoint.Parse("192.168.9.9:9999"),
        FilterState = new Dictionary<string, string>(StringComparer.Ordinal),
    };

    [Theory]
    [InlineData("'authenticated': {}", false)]
    [InlineData("'authenticated': {'principalName': {'exact': 'spiffe://prod/web'}}", true)]
    [InlineData("'authenticated': {'principalName': {'prefix': 'spiffe://prod/w'}}", true)]
    [InlineData("'authenticated': {'principalName': {'suffix': '/web'}}", true)]
    [InlineData("'authenticated': {'principalName': {'contains': 'we'}}", true)]
    [InlineData("'authenticated': {'principalName': {'safeRegex': {'regex': 'spiffe://.*/web'}}}", true)]
    [InlineData("'authenticated': {'principalName': {'exact': 'SPIFFE://prod/WEB', 'ignoreCase': true}}", true)]
    [InlineData("'andIds': {'ids': [{'any': true}, {'authenticated': {'principalName': {'exact': 'spiffe://prod/web'}}}]}", true)]
    [InlineData("'orIds': {'ids': [{'sourceIp': {'addressPrefix': '1.2.3.4', 'prefixLen': 32}}, {'authenticated': {'principalName': {'exact': 'spiffe://prod/web'}}}]}", true)]
    [InlineData("'notId': {'authenticated': {'principalName': {'exact': 'spiffe://prod/other'}}}", true)]
    [InlineData("'sourceIp': {'addressPrefix': '10.1.0.0', 'prefixLen': 16}", true)]
    [InlineData("'directRemoteIp': {'addressPrefix': '10.1.0.0', 'prefixLen': 16}", true)]
    [InlineData("'remoteIp': {'addressPrefix': '10.1.0.0', 'prefixLen': 16}", true)]
    [InlineData("'filterState': {'key': 'k', 'stringMatch': {'exact': 'v'}}", true)]
    public void Translate_EveryPrincipal_RefusesTheWrongIdentity(string principal, bool refusesOther)
    {
        var filter = Network($"'rules': {{'policies': {{'p': {{'permissions': [{{'any': true}}], 'principals': [{{{principal}}}]}}}}}}");

        Assert.True(filter.Decide(Web, null).IsAllowed);
        Assert.Equal(!refusesOther, filter.Decide(Other, null).IsAllowed);
    }

    [Theory]
    [InlineData("'destinationIp': {'addressPrefix': '192.168.0.0', 'prefixLen': 24}")]
    [InlineData("'destinationPort': 10002")]
    [InlineData("'destinationPortRange': {'start': 10000, 'end': 10003}")]
    [InlineData("'requestedServerName': {'exact': 'api'}")]
    [InlineData("'andRules': {'rules': [{'any': true}, {'destinationPort': 10002}]}")]
    [InlineData("'orRules': {'rules': [{'destinationPort': 1}, {'destinationPort': 10002}]}")]
    [InlineData("'notRule': {'destinationPort': 9999}")]
    public void Translate_EveryPermission_RefusesTheWrongConnection(string permission)
    {
        var filter = Network($"'rules': {{'policies': {{'p': {{'permissions': [{{{permission}}}], 'principals': [{{'any': true}}]}}}}}}");

        Assert.True(filter.Decide(Web, null).IsAllowed);
        Assert.False(filter.Decide(Other, null).IsAllowed);
    }

    [Theory]
    [InlineData("'header': {'name': 'x-team', 'stringMatch': {'exact': 'blue'}}")]
    [InlineData("'header': {'name': ':method', 'exactMatch': 'PUT'}")]
    [InlineData("'urlPath': {'path': {'exact': '/orders'}}")]
    public void Translate_ConditionsOnRequests_RefuseTheWrongRequest(string condition)
    {
        foreach (var (permission, principal) in new[] { (condition, "'any': true"), ("'any': true", condition) })
        {
            var filter = Http($"'rules': {{'policies': {{'p': {{'permissions': [{{{permission}}}], 'principals': [{{{principal}}}]}}}}}}");

            Assert.True(filter.Decide(Web, Request("PUT", "/orders", "blue")).IsAllowed);
            Assert.False(filter.Decide(Web, Request("GET", "/users", "red")).IsAllowed);
        }
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("'rules': {}", false)]
    [InlineData("'rules': {'action': 'DENY'}", true)]
    [InlineData("'rules': {'action': 'LOG'}", true)]
    [InlineData("'rules': {'policies': {'p': {" + Any + "}}}", true)]
    [InlineData("'rules': {'action': 'DENY', 'policies': {'p': {" + Any + "}}}", false)]
    [InlineData("'rules': {'action': 'LOG', 'policies': {'p': {" + Any + "}}}", true)]
    [InlineData("'matcher': {}", false)]
    [InlineData("'matcher': {'onNoMatch': " + Allow + "}", true)]
    [InlineData("'rules': {'policies': {'p': {" + Any + "}}}, 'matcher': {}", false)]
    [InlineData("'shadowRules': {}", true)]
    [InlineData("'rules': {}, 'shadowRules': {'policies': {'p': {" + Any + "}}}", false)]
    public void Translate_Presence_DecidesForEveryone(string fields, bool isAllowed)
    {
        Assert.Equal(isAllowed, Network(fields).Decide(Web, null).IsAllowed);
        Assert.Equal(isAllowed, Http(fields).Decide(Web, Request("GET", "/", "")).IsAllowed);
    }

    [Theory]
    [InlineData("envoy.extensions.matching.common_inputs.network.v3.ServerNameInput", "api")]
    [InlineData("envoy.extensions.matching.common_inputs.ssl.v3.UriSanInput", "spiffe://prod/web")]
    [InlineData("envoy.extensions.matching.common_inputs.ssl.v3.DnsSanInput", "web.prod")]
    [InlineData("envoy.extensions.matching.common_inputs.ssl.v3.SubjectInput", "CN=spiffe://prod/web")]
    public void Translate_EveryInputOfAMatcher_RefusesTheWrongIdentity(string type, string value)
    {
        var web = Web with { Peer = Web.Peer with { DnsNames = ["web.prod"] } };
        var input = $"'input': {{'name': 'i', 'typedConfig': {{'@type': 'type.googleapis.com/{type}'}}}}";
        string[] matchers =
        [
            List($"{{'singlePredicate': {{{input}, 'valueMatch': {{'exact': '{value}'}}}}}}"),
            List($"{{'singlePredicate': {{{input}, 'valueMatch': {{'safeRegex': {{'regex': '{value[..^1]}.'}}}}}}}}"),
            List($"{{'andMatcher': {{'predicate': [{{'singlePredicate': {{{input}, 'valueMatch': {{'prefix': '{value[..^1]}'}}}}}}, {{'singlePredicate': {{{input}, 'valueMatch': {{'suffix': '{value[1..]}'}}}}}}]}}}}"),
            List($"{{'orMatcher': {{'predicate': [{{'singlePredicate': {{{input}, 'valueMatch': {{'exact': 'x'}}}}}}, {{'singlePredicate': {{{input}, 'valueMatch': {{'contains': '{value}'}}}}}}]}}}}"),
            List($"{{'notMatcher': {{'notMatcher': {{'singlePredicate': {{{input}, 'valueMatch': {{'exact': '{value}'}}}}}}}}}}"),
            $"{{'matcherTree': {{{input}, 'exactMatchMap': {{'map': {{'{value}': {Allow}}}}}}}}}",
            $"{{'matcherTree': {{{input}, 'prefixMatchMap': {{'map': {{'{value[..^1]}': {{'matcher': {{'onNoMatch': {Allow}}}}}}}}}}}}}",
        ];
        foreach (var matcher in matchers)
        {
            var filter = Network($"'matcher': {matcher}");

            Assert.True(filter.Decide(web, null).IsAllowed, matcher);
            Assert.False(filter.Decide(Other, null).IsAllowed, matcher);
            Assert.False(filter.Decide(Web with { Peer = PeerIdentity.None, ServerName = "" }, null).IsAllowed, matcher);
        }

        static string List(string predicate) => $"{{'matcherList': {{'matchers': [{{'predicate': {predicate}, 'onMatch': {Allow}}}]}}}}";
    }

    [Fact]
    public void Translate_Policies_AreTriedByName()
    {
        var filter = Network("'rules': {'policies': {'b': {" + Any + "}, 'a': {" + Any + "}, 'c': {" + Any + "}}}");

        Assert.Equal("a", filter.Decide(Web, null).PolicyName);
    }

    [Fact]
    public void Translate_Shadow_IsCountedUnderItsPrefix()
    {
        var network = Network("'statPrefix': 'svc.', 'shadowRulesStatPrefix': 'try.', 'rules': {}, 'shadowRules': {'policies': {'p': {" + Any + "}}}");
        var http = Http("'rulesStatPrefix': 'svc.', 'shadowRulesStatPrefix': 'try.', 'rules': {}, 'shadowMatcher': {'onNoMatch': " + Allow + "}");

        Assert.Equal(("svc.", "try."), (network.Config.StatPrefix, network.Config.ShadowStatPrefix));
        Assert.Equal(("svc.", "try."), (http.Config.StatPrefix, http.Config.ShadowStatPrefix));
        Assert.Equal((false, true, "p"), (network.Decide(Web, null) is var tried ? (tried.IsAllowed, tried.IsShadowAllowed, tried.ShadowPolicyName) : default));
        Assert.Equal((false, true, "allow"), (http.Decide(Web, null) is var other ? (other.IsAllowed, other.IsShadowAllowed, other.ShadowPolicyName) : default));
    }

    [Theory]
    [InlineData("'permissions': [{'any': true}]", "principals")]
    [InlineData("'principals': [{'any': true}]", "permissions")]
    [InlineData(Any + ", 'condition': {}", "condition")]
    [InlineData(Any + ", 'checkedCondition': {}", "checked_condition")]
    [InlineData(Any + ", 'celConfig': {}", "cel_config")]
    public void Translate_PolicyThatCannotBeEvaluated_IsRejected(string policy, string field) => AssertRejected($"'policies': {{'p': {{{policy}}}}}", $"policies[p].{field}");

    [Theory]
    [InlineData("", "")]
    [InlineData("'any': false", ".any")]
    [InlineData("'metadata': {}", "")]
    [InlineData("'sourcedMetadata': {}", "")]
    [InlineData("'matcher': {'name': 'x'}", "")]
    [InlineData("'uriTemplate': {'name': 'x'}", "")]
    [InlineData("'andRules': {}", ".and_rules.rules")]
    [InlineData("'orRules': {'rules': [{'any': true}, {}]}", ".or_rules.rules[1]")]
    [InlineData("'notRule': {}", ".not_rule")]
    [InlineData("'header': {'name': ''}", ".header.name")]
    [InlineData("'urlPath': {}", ".url_path.path")]
    [InlineData("'destinationIp': {'addressPrefix': 'kuma.io'}", ".destination_ip")]
    [InlineData("'destinationIp': {'addressPrefix': '10.0.0.0', 'prefixLen': 33}", ".destination_ip")]
    [InlineData("'destinationPort': 65536", ".destination_port")]
    [InlineData("'destinationPortRange': {'start': 5, 'end': 5}", ".destination_port_range")]
    [InlineData("'destinationPortRange': {'start': -1, 'end': 5}", ".destination_port_range")]
    [InlineData("'destinationPortRange': {'start': 1, 'end': 65537}", ".destination_port_range")]
    [InlineData("'requestedServerName': {'custom': {'name': 'x'}}", ".requested_server_name")]
    public void Translate_PermissionThatCannotBeEvaluated_IsRejected(string permission, string field) =>
        AssertRejected($"'policies': {{'p': {{'permissions': [{{'any': true}}, {{{permission}}}], 'principals': [{{'any': true}}]}}}}", $"policies[p].permissions[1]{field}");

    [Theory]
    [InlineData("", "")]
    [InlineData("'any': false", ".any")]
    [InlineData("'metadata': {}", "")]
    [InlineData("'sourcedMetadata': {}", "")]
    [InlineData("'custom': {'name': 'x'}", "")]
    [InlineData("'andIds': {'ids': [{'metadata': {}}]}", ".and_ids.ids[0]")]
    [InlineData("'orIds': {}", ".or_ids.ids")]
    [InlineData("'notId': {'custom': {'name': 'x'}}", ".not_id")]
    [InlineData("'authenticated': {'principalName': {}}", ".authenticated.principal_name")]
    [InlineData("'authenticated': {'principalName': {'prefix': ''}}", ".authenticated.principal_name")]
    [InlineData("'authenticated': {'principalName': {'safeRegex': {'regex': '('}}}", ".authenticated.principal_name.safe_regex.regex")]
    [InlineData("'sourceIp': {}", ".source_ip")]
    [InlineData("'directRemoteIp': {'addressPrefix': 'x'}", ".direct_remote_ip")]
    [InlineData("'remoteIp': {'addressPrefix': '::', 'prefixLen': 129}", ".remote_ip")]
    [InlineData("'filterState': {'key': 'k', 'addressMatch': {}}", ".filter_state.address_match")]
    [InlineData("'filterState': {'key': 'k'}", ".filter_state.string_match")]
    [InlineData("'filterState': {'stringMatch': {'exact': 'v'}}", ".filter_state.key")]
    public void Translate_PrincipalThatCannotBeEvaluated_IsRejected(string principal, string field) =>
        AssertRejected($"'policies': {{'p': {{'permissions': [{{'any': true}}], 'principals': [{{'any': true}}, {{{principal}}}]}}}}", $"policies[p].principals[1]{field}");

    [Theory]
    [InlineData("'matcherList': {}", "matcher_list.matchers")]
    [InlineData("'matcherList': {'matchers': [{'onMatch': " + Allow + "}]}", "matcher_list.matchers[0].predicate")]
    [InlineData("'matcherList': {'matchers': [{'predicate': {'orMatcher': {}}, 'onMatch': " + Allow + "}]}", "matcher_list.matchers[0].predicate.or_matcher.predicate")]
    [InlineData("'matcherList': {'matchers': [{'predicate': {'notMatcher': {}}, 'onMatch': " + Allow + "}]}", "matcher_list.matchers[0].predicate.not_matcher")]
    [InlineData("'matcherTree': {}", "matcher_tree.input.typed_config")]
    [InlineData("'matcherTree': {'input': {'name': 'i', 'typedConfig': {'@type': 'type.googleapis.com/envoy.extensions.matching.common_inputs.ssl.v3.UriSanInput'}}}", "matcher_tree")]
    [InlineData("'matcherTree': {'input': {'name': 'i', 'typedConfig': {'@type': 'type.googleapis.com/envoy.extensions.matching.common_inputs.ssl.v3.UriSanInput'}}, 'exactMatchMap': {}}", "matcher_tree.exact_match_map.map")]
    [InlineData("'matcherTree': {'input': {'name': 'i', 'typedConfig': {'@type': 'type.googleapis.com/envoy.extensions.matching.common_inputs.ssl.v3.UriSanInput'}}, 'customMatch': {'name': 'x'}}", "matcher_tree")]
    [InlineData("'onNoMatch': {}", "on_no_match")]
    [InlineData("'onNoMatch': {'action': {'name': 'a'}}", "on_no_match.action.typed_config")]
    [InlineData("'onNoMatch': {'action': {'name': 'a', 'typedConfig': {'@type': 'type.googleapis.com/envoy.extensions.filters.common.matcher.action.v3.SkipFilter'}}}", "on_no_match.action.typed_config")]
    [InlineData("'onNoMatch': {'keepMatching': true, 'action': {'name': 'a', 'typedConfig': {" + ActionType + "}}}", "on_no_match.keep_matching")]
    [InlineData("'onNoMatch': {'matcher': {'onNoMatch': {}}}", "on_no_match.matcher.on_no_match")]
    public void Translate_MatcherThatCannotBeEvaluated_IsRejected(string matcher, string field)
    {
        foreach (var name in new[] { "matcher", "shadowMatcher" })
        {
            var findings = new Findings("r");

            Assert.Null(RbacTranslator.Translate(Parse<NetworkRbac>($"'{name}': {{{matcher}}}"), findings));
            Assert.Equal($"{(name == "matcher" ? name : "shadow_matcher")}.{field}", findings.FirstError?.Field);
        }
    }

    [Theory]
    [InlineData("{}", "input.typed_config")]
    [InlineData("{'input': {'name': 'i', 'typedConfig': {'@type': 'type.googleapis.com/envoy.config.rbac.v3.Action'}}}", "input.typed_config")]
    [InlineData("{'input': {'name': 'i', 'typedConfig': {'@type': 'type.googleapis.com/envoy.extensions.matching.common_inputs.network.v3.ServerNameInput'}}}", "value_match")]
    [InlineData("{'input': {'name': 'i', 'typedConfig': {'@type': 'type.googleapis.com/envoy.extensions.matching.common_inputs.network.v3.ServerNameInput'}}, 'customMatch': {'name': 'x'}}", "custom_match")]
    public void Translate_PredicateThatCannotBeEvaluated_IsRejected(string predicate, string field)
    {
        var findings = new Findings("r");

        Assert.Null(RbacTranslator.Translate(Parse<NetworkRbac>($"'matcher': {{'matcherList': {{'matchers': [{{'predicate': {{'singlePredicate': {predicate}}}, 'onMatch': {Allow}}}]}}}}"), findings));
        Assert.Equal($"matcher.matcher_list.matchers[0].predicate.single_predicate.{field}", findings.FirstError?.Field);
    }

    [Fact]
    public void Translate_UnknownAction_IsRejected()
    {
        var message = Parse<NetworkRbac>("'rules': {}");
        message.Rules.Action = (Envoy.Config.Rbac.V3.RBAC.Types.Action)7;
        var findings = new Findings("r");

        Assert.Null(RbacTranslator.Translate(message, findings));
        Assert.Equal("rules.action", findings.FirstError?.Field);
    }

    [Fact]
    public void Translate_HeaderOnAConnection_IsRejectedAsInEnvoy()
    {
        var findings = new Findings("r");

        Assert.Null(RbacTranslator.Translate(Parse<NetworkRbac>("'rules': {'policies': {'p': {'permissions': [{'any': true}], 'principals': [{'notId': {'header': {'name': 'a'}}}]}}}"), findings));
        Assert.Equal("rules.policies[p].principals[0].not_id.header", findings.FirstError?.Field);
    }

    [Theory]
    [InlineData("", "rules", "no rules: everyone may connect")]
    [InlineData("'rules': {}", "rules", "no policy: everyone is refused")]
    [InlineData("'rules': {'action': 'DENY'}", "rules", "no policy: everyone may connect")]
    [InlineData("'rules': {'policies': {'p': {" + Any + "}}}", "rules", "everyone may connect")]
    [InlineData("'rules': {'policies': {'p': {'permissions': [{'any': true}], 'principals': [{'authenticated': {'principalName': {'exact': 'spiffe://a/b'}}}]}}}", "rules",
        "allowed by p (peer exact spiffe://a/b); everyone else is refused")]
    [InlineData("'rules': {'action': 'DENY', 'policies': {'p': {'permissions': [{'destinationPort': 80}], 'principals': [{'any': true}]}}}", "rules", "refused by p (any, for port 80); everyone else may connect")]
    [InlineData("'matcher': {'onNoMatch': " + Allow + "}", "matcher", "everyone else: allowed by allow")]
    [InlineData("'matcher': {}", "matcher", "everyone else: refused")]
    public void Translate_Always_SaysWhoMayEnter(string fields, string field, string what)
    {
        var findings = new Findings("r");

        RbacTranslator.Translate(Parse<NetworkRbac>(fields), findings);

        Assert.Contains(new EnforcedField("r", field, what), findings.Enforced);
    }

    [Fact]
    public void Translate_ManyPrincipals_AreCutInTheSummary()
    {
        var principals = string.Join(", ", Enumerable.Range(0, 500).Select(i => $"{{'authenticated': {{'principalName': {{'exact': 'spiffe://a/{i}'}}}}}}"));
        var findings = new Findings("r");

        var config = RbacTranslator.Translate(Parse<NetworkRbac>($"'rules': {{'policies': {{'p': {{'permissions': [{{'any': true}}], 'principals': [{principals}]}}}}}}"), findings);

        Assert.Equal(500, config!.Rules!.Policies[0].Principals.Length);
        Assert.Contains("and 492 more", Assert.Single(findings.Enforced).What, StringComparison.Ordinal);
    }

    private static void AssertRejected(string rules, string field)
    {
        foreach (var name in new[] { "rules", "shadow_rules" })
        {
            var findings = new Findings("r");

            Assert.Null(RbacTranslator.Translate(Parse<HttpRbac>($"'{name}': {{{rules}}}"), findings));
            Assert.Equal($"{name}.{field}", findings.FirstError?.Field);
        }
    }

    private static RbacFilter Network(string fields)
    {
        var findings = new Findings("r");
        var config = RbacTranslator.Translate(Parse<NetworkRbac>(fields), findings);
        Assert.True(config is not null, string.Join("; ", findings.Errors));
        return new RbacFilter(config);
    }

    private static RbacFilter Http(string fields)
    {
        var findings = new Findings("r");
        var config = RbacTranslator.Translate(Parse<HttpRbac>(fields), findings);
        Assert.True(config is not null, string.Join("; ", findings.Errors));
        return new RbacFilter(config);
    }

    private static T Parse<T>(string fields)
        where T : IMessage, new() =>
        new JsonParser(new JsonParser.Settings(100, XdsTypeRegistry.Instance)).Parse<T>($"{{{fields}}}".Replace('\'', '"'));

    private static TerminatedConnection From(string name) => new()
    {
        Id = "c",
        ServerName = "api",
        Peer = new PeerIdentity { IsAuthenticated = true, UriNames = [name], Subject = $"CN={name}" },
        Remote = IPEndPoint.Parse("10.1.2.3:40000"),
        Local = IPEndPoint.Parse("192.168.0.1:10002"),
        FilterState = new Dictionary<string, string>(StringComparer.Ordinal) { ["k"] = "v" },
    };

    private static HttpRequest Request(string method, string path, string team)
    {
        var request = new DefaultHttpContext().Request;
        (request.Method, request.Path) = (method, path);
        request.Headers["x-team"] = team;
        return request;
    }
}
