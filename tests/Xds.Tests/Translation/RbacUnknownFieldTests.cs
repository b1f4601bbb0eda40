using Envoy.Config.Rbac.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Xds.Core.V3;
using Xds.Type.Matcher.V3;
using Zoneway.Xds.Translation;
using HttpRbac = Envoy.Extensions.Filters.Http.Rbac.V3.RBAC;
using Predicate = Xds.Type.Matcher.V3.Matcher.Types.MatcherList.Types.Predicate;

namespace Zoneway.Xds.Tests.Translation;

/// <summary>A field of access control that a newer control plane may send and that we do not know refuses everything, wherever it stands: it may be the one that says "not".</summary>
public sealed class RbacUnknownFieldTests
{
    // Field 99, a varint.
    private static readonly byte[] Unknown = [0x98, 0x06, 0x01];

    public static TheoryData<string> Places =>
    [
        "", "rules", "rules.policies[0].value", "rules.policies[0].value.permissions[0]", "rules.policies[0].value.permissions[0].header", "rules.policies[0].value.principals[0].authenticated",
        "rules.policies[0].value.principals[0].authenticated.principal_name", "rules.policies[0].value.principals[1].not_id.source_ip", "rules.policies[1].value", "shadow_rules",
        "shadow_matcher.matcher_list.matchers[0].predicate.single_predicate.value_match", "shadow_matcher.on_no_match", "shadow_matcher.on_no_match.action.typed_config",
    ];

    [Fact]
    public void Translate_WithoutUnknownField_Succeeds() => Assert.NotNull(Translate(Filter(), out _));

    [Theory]
    [MemberData(nameof(Places))]
    public void Translate_UnknownField_IsRejected(string place)
    {
        Assert.Null(Translate(With(Filter(), place), out var findings));
        Assert.Equal($"outer.filter.{(place.Length == 0 ? "" : place + ".")}99", findings.FirstError?.Field);
        Assert.Single(findings.Errors, error => error.Field.EndsWith("99", StringComparison.Ordinal));
    }

    [Fact]
    public void Translate_FieldOfAnInput_IsRejected()
    {
        var filter = Filter();
        filter.ShadowMatcher.MatcherList.Matchers[0].Predicate.SinglePredicate.Input.TypedConfig.Value = ByteString.CopyFrom(Unknown);

        Assert.Null(Translate(filter, out var findings));
        Assert.Equal("outer.filter.shadow_matcher.matcher_list.matchers[0].predicate.single_predicate.input.typed_config", findings.FirstError?.Field);
    }

    [Fact]
    public void RejectUnsafeFieldsWithin_LeavesOthersAlone()
    {
        var findings = new Findings("r");
        findings.AddUnknown([new("a", 1, true), new("a.b", 2, true), new("a[0].b", 3, true), new("ab", 4, true), new("b", 5, true), new("a.b", 6, false)]);

        findings.At("a").RejectUnsafeFieldsWithin();
        findings.At("a").RejectUnsafeFields();

        Assert.Equal(["a.1", "a.b.2"], findings.Errors.Select(error => error.Field).Order(StringComparer.Ordinal));
        findings.At("b").RejectUnsafeFields();
        Assert.Equal("b.5", findings.Errors[^1].Field);
    }

    private static HttpRbac Filter()
    {
        var policy = new Policy
        {
            Permissions = { new Permission { Header = new() { Name = "a" } } },
            Principals =
            {
                new Principal { Authenticated = new() { PrincipalName = new() { Exact = "spiffe://a/b" } } },
                new Principal { NotId = new Principal { SourceIp = new() { AddressPrefix = "10.0.0.0" } } },
            },
        };
        return new HttpRbac
        {
            Rules = new RBAC { Policies = { ["a"] = policy, ["b"] = policy.Clone() } },
            ShadowRules = new RBAC(),
            ShadowMatcher = new Matcher
            {
                MatcherList = new()
                {
                    Matchers = { new Matcher.Types.MatcherList.Types.FieldMatcher { Predicate = Single(), OnMatch = To() } },
                },
                OnNoMatch = To(),
            },
        };
    }

    private static Predicate Single() => new()
    {
        SinglePredicate = new()
        {
            Input = new TypedExtensionConfig { Name = "i", TypedConfig = Any.Pack(new Envoy.Extensions.Matching.CommonInputs.Ssl.V3.UriSanInput()) },
            ValueMatch = new() { Exact = "a" },
        },
    };

    private static Matcher.Types.OnMatch To() => new() { Action = new TypedExtensionConfig { Name = "a", TypedConfig = Any.Pack(new Envoy.Config.Rbac.V3.Action { Name = "x" }) } };

    private static Zoneway.Termination.Rbac.RbacFilterConfig? Translate(HttpRbac filter, out Findings findings)
    {
        var bytes = filter.ToByteArray();
        findings = new Findings("r");
        findings.AddUnknown(UnknownFieldScanner.Scan(HttpRbac.Descriptor, bytes).Select(field => field with { Message = field.Message.Length == 0 ? "outer.filter" : $"outer.filter.{field.Message}" }));
        return RbacTranslator.Translate(HttpRbac.Parser.ParseFrom(bytes), findings.At("outer").At("filter"));
    }

    // Puts the field into the message at a path, by way of what the message keeps of fields it does not know.
    private static HttpRbac With(HttpRbac filter, string place)
    {
        IMessage message = filter;
        Any? around = null;
        foreach (var step in place.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = step.Split('[', ']');
            var field = message.Descriptor.FindFieldByName(parts[0]);
            var value = step == "value" ? message : field.Accessor.GetValue(message);
            value = value is System.Collections.IDictionary map ? map.Values.Cast<object>().ElementAt(int.Parse(parts[1])) : value is System.Collections.IList list ? list[int.Parse(parts[1])] : value;
            around = value as Any;
            message = around is null ? (IMessage)value! : around.Unpack<Envoy.Config.Rbac.V3.Action>();
        }

        message.MergeFrom(Unknown);
        if (around is not null)
        {
            around.Value = message.ToByteString();
        }

        return filter;
    }
}
