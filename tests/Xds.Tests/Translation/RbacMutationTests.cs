using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Http;
using Zoneway.MutualTls;
using Zoneway.Termination;
using Zoneway.Termination.Rbac;
using Zoneway.Xds.Protocol;
using Zoneway.Xds.Translation;
using HttpRbac = Envoy.Extensions.Filters.Http.Rbac.V3.RBAC;

namespace Zoneway.Xds.Tests.Translation;

/// <summary>Whatever bytes stand in an access control filter: translation ends with a filter or with a reason, never with both or neither, and a filter decides.</summary>
public sealed class RbacMutationTests
{
    private static readonly byte[] Original = new JsonParser(new JsonParser.Settings(100, XdsTypeRegistry.Instance)).Parse<HttpRbac>("""
        {"rulesStatPrefix": "p", "rules": {"policies": {
           "a": {"permissions": [{"andRules": {"rules": [{"any": true}, {"notRule": {"urlPath": {"path": {"prefix": "/x"}}}}]}}, {"orRules": {"rules": [{"destinationPort": 80}, {"requestedServerName": {"exact": "a"}}]}}],
                 "principals": [{"authenticated": {"principalName": {"safeRegex": {"regex": "a.*"}}}}, {"andIds": {"ids": [{"sourceIp": {"addressPrefix": "10.0.0.0", "prefixLen": 8}}, {"header": {"name": "x", "rangeMatch": {"start": 1, "end": 9}}}]}}]},
           "b": {"permissions": [{"destinationPortRange": {"start": 1, "end": 9}}], "principals": [{"filterState": {"key": "k", "stringMatch": {"suffix": "v"}}}, {"notId": {"authenticated": {}}}]}}},
         "shadowMatcher": {"matcherList": {"matchers": [{
             "predicate": {"andMatcher": {"predicate": [
               {"singlePredicate": {"input": {"name": "i", "typedConfig": {"@type": "type.googleapis.com/envoy.extensions.matching.common_inputs.ssl.v3.UriSanInput"}}, "valueMatch": {"prefix": "spiffe://"}}},
               {"notMatcher": {"singlePredicate": {"input": {"name": "i", "typedConfig": {"@type": "type.googleapis.com/envoy.extensions.matching.common_inputs.network.v3.ServerNameInput"}}, "valueMatch": {"exact": "a"}}}}]}},
             "onMatch": {"matcher": {"matcherTree": {"input": {"name": "i", "typedConfig": {"@type": "type.googleapis.com/envoy.extensions.matching.common_inputs.ssl.v3.DnsSanInput"}},
               "prefixMatchMap": {"map": {"a": {"action": {"name": "x", "typedConfig": {"@type": "type.googleapis.com/envoy.config.rbac.v3.Action", "name": "y", "action": "DENY"}}}}}}}}}]},
           "onNoMatch": {"action": {"name": "x", "typedConfig": {"@type": "type.googleapis.com/envoy.config.rbac.v3.Action", "name": "z"}}}}}
        """).ToByteArray();

    private static readonly TerminatedConnection Connection = new()
    {
        Id = "c",
        ServerName = "a",
        Peer = new PeerIdentity { IsAuthenticated = true, UriNames = ["spiffe://a/b", "kuma://c/d"], DnsNames = ["a.b"] },
    };

    [Fact]
    public void Translate_MutatedBytes_EndsWithAFilterOrAReason()
    {
        var edits = from place in Gen.Choose(0, Original.Length - 1)
                    from kind in Gen.Choose(0, 2)
                    from value in Gen.Choose(0, 255)
                    select (place, kind, value: (byte)value);
        var mutations = edits.NonEmptyListOf().Select(list => list.Aggregate(new List<byte>(Original), (bytes, edit) => Edit(bytes, edit.place % Math.Max(1, bytes.Count), edit.kind, edit.value)).ToArray());

        Assert.True(Translate(Original));
        Prop.ForAll(mutations.ToArbitrary(), bytes =>
        {
            Translate(bytes);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000).WithEndSize(8));
    }

    private static List<byte> Edit(List<byte> bytes, int place, int kind, byte value)
    {
        switch (kind)
        {
            case 0 when bytes.Count > 0:
                bytes[place] = value;
                break;
            case 1:
                bytes.Insert(place, value);
                break;
            default:
                bytes.RemoveRange(place, Math.Min(1, bytes.Count));
                break;
        }

        return bytes;
    }

    private static bool Translate(byte[] bytes)
    {
        if (ResourceReader.TryParse(new Any { Value = ByteString.CopyFrom(bytes) }, HttpRbac.Parser, out _) is not { } message)
        {
            return false;
        }

        var findings = new Findings("r");
        findings.AddUnknown(UnknownFieldScanner.Scan(HttpRbac.Descriptor, bytes));
        var config = RbacTranslator.Translate(message, findings);
        Assert.Equal(findings.HasErrors, config is null);
        if (config is not null)
        {
            Assert.NotEmpty(findings.Enforced);
            new RbacFilter(config).Decide(Connection, new DefaultHttpContext().Request);
        }

        return config is not null;
    }
}
