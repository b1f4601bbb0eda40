using Envoy.Config.Listener.V3;
using Envoy.Config.Route.V3;
using Envoy.Extensions.Filters.Common.Fault.V3;
using Envoy.Extensions.Filters.Http.Fault.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Envoy.Extensions.Filters.Network.LocalRatelimit.V3;
using Envoy.Type.V3;
using Google.Protobuf.WellKnownTypes;
using Zoneway.TestUtilities;
using Zoneway.Xds.Validation;
using Zoneway.ZoneControlPlane.Resources;
using Zoneway.ZoneControlPlane.Snapshots;
using Zoneway.ZoneControlPlane.Tests.Support;
using HttpRateLimit = Envoy.Extensions.Filters.Http.LocalRatelimit.V3.LocalRateLimit;

namespace Zoneway.ZoneControlPlane.Tests.Snapshots;

/// <summary>MeshRateLimit and MeshFaultInjection of ExternalServices: the messages are those that Kuma sends, and the egress has them in force.</summary>
public sealed class PolicySnapshotTests
{
    private const string RateLimitGolden = "kuma/v2.14.3/policies/meshratelimit/basic_egress.golden.yaml";
    private const string RateLimitName = "envoy.filters.http.local_ratelimit";
    private const string Limit = """
        type: MeshRateLimit
        mesh: m
        name: limit
        spec:
          targetRef: {kind: Mesh}
          from:
          - targetRef: {kind: Mesh}
            default:
              local:
                http: {requestRate: {num: 100, interval: 10s}}
                tcp: {connectionRate: {num: 22, interval: 22s}}
        ---

        """;

    private static readonly ProxyNode Node = new(".ze-1", "ze-1", ProxyKind.Egress);

    [FixtureFact(RateLimitGolden)]
    public void MeshRateLimit_Http_IsWhatKumaServes()
    {
        var golden = ManagerOf(GoldenChain("external-service-1_mesh-1"));

        var manager = ManagerOf(Chain(Limit, "http"));

        Assert.Equal(golden.HttpFilters.Single(static filter => filter.Name == RateLimitName), manager.HttpFilters.Single(static filter => filter.Name == RateLimitName));
        Assert.Equal(RouteOf(golden).TypedPerFilterConfig, RouteOf(manager).TypedPerFilterConfig);
        Assert.Equal("envoy.filters.http.router", manager.HttpFilters[^1].Name);
    }

    [FixtureFact(RateLimitGolden)]
    public void MeshRateLimit_Tcp_IsWhatKumaServesBehindTheAccessControl()
    {
        var golden = GoldenChain("external-service-1_mesh-2").Filters[0];

        var chain = Chain(Limit, "tcp");

        Assert.Equal(["envoy.filters.network.rbac", golden.Name, "envoy.filters.network.tcp_proxy"], chain.Filters.Select(static filter => filter.Name));
        Assert.Equal(golden, chain.Filters[1]);
    }

    [Fact]
    public void MeshRateLimit_MoreSpecific_ChangesWhatItSays()
    {
        const string Own = """
            type: MeshRateLimit
            mesh: m
            name: own
            spec:
              targetRef: {kind: MeshService, name: es}
              from:
              - targetRef: {kind: Mesh}
                default: {local: {http: {onRateLimit: {status: 503, headers: {set: [{name: x-limited, value: "yes"}], add: [{name: x-more, value: a}]}}}, tcp: {disabled: true}}}
            ---

            """;

        var config = RouteOf(ManagerOf(Chain(Limit + Own, "http"))).TypedPerFilterConfig[RateLimitName].Unpack<HttpRateLimit>();
        Assert.Equal((100u, StatusCode.ServiceUnavailable), (config.TokenBucket.MaxTokens, config.Status.Code));
        Assert.Equal(["x-limited OverwriteIfExistsOrAdd", "x-more AppendIfExistsOrAdd"], config.ResponseHeadersToAdd.Select(static header => $"{header.Header.Key} {header.AppendAction}"));
        Assert.DoesNotContain(Chain(Limit + Own, "tcp").Filters, static filter => filter.TypedConfig.Is(LocalRateLimit.Descriptor));
        Assert.Equal(RateLimitName, Assert.Single(ManagerOf(Chain(Limit + Own.Replace("name: es}", "name: another}", StringComparison.Ordinal), "http")).HttpFilters, static filter => filter.Name == RateLimitName).Name);
    }

    [Fact]
    public void MeshFaultInjection_AllKinds_AreKumasMessages()
    {
        var fault = FaultsOf("""
            - targetRef: {kind: Mesh}
              default:
                http:
                - abort: {httpStatus: 503, percentage: 50}
                  delay: {value: 1500ms, percentage: "5.5"}
                  responseBandwidth: {limit: 50Mbps, percentage: 0.0001}
            """).Single();

        Assert.Equal(new FaultAbort { HttpStatus = 503, Percentage = new FractionalPercent { Numerator = 50 } }, fault.Abort);
        Assert.Equal(
            new FaultDelay { FixedDelay = new Duration { Seconds = 1, Nanos = 500_000_000 }, Percentage = new FractionalPercent { Numerator = 550, Denominator = FractionalPercent.Types.DenominatorType.TenThousand } },
            fault.Delay);
        Assert.Equal((50_000ul, 1u), (fault.ResponseRateLimit.FixedLimit.LimitKbps, fault.ResponseRateLimit.Percentage.Numerator));
        Assert.Empty(fault.Headers);
    }

    [Fact]
    public void MeshFaultInjection_SeveralSources_HaveEachTheLastThatFits()
    {
        var faults = FaultsOf("""
            - {targetRef: {kind: Mesh}, default: {http: [{abort: {httpStatus: 500, percentage: 1}}]}}
            - {targetRef: {kind: MeshService, name: web.shop}, default: {http: [{abort: {httpStatus: 501, percentage: 1}}, {abort: {httpStatus: 502, percentage: 1}}]}}
            """);

        Assert.Equal([500u, 501u, 502u], faults.Select(static fault => fault.Abort.HttpStatus));
        Assert.Equal([true, false, false], faults.Select(static fault => fault.Headers.Single().InvertMatch));
        var header = faults[1].Headers.Single();
        Assert.Equal("x-kuma-tags", header.Name);
        var pattern = $"^(?:{header.StringMatch.SafeRegex.Regex})$";
        Assert.Matches(pattern, "&kuma.io/service=web.shop&");
        Assert.Matches(pattern, "&a=b&&kuma.io/service=other,web.shop&&z=1&");
        Assert.DoesNotMatch(pattern, "&kuma.io/service=webxshop&");
        Assert.DoesNotMatch(pattern, "&kuma.io/service=my-web.shop&");
    }

    [Fact]
    public void Policies_AsTheEgressReadsThem_AreEnforced()
    {
        var resources = Build(Limit + Faults("- {targetRef: {kind: MeshService, name: web}, default: {http: [{abort: {httpStatus: 503, percentage: 50}}]}}"), "http");

        var report = ConfigurationValidator.Validate(GoldenXds.ToFile(resources), out var problem);

        Assert.Null(problem);
        Assert.Empty(report!.Rejected);
        var chain = Assert.Single(Assert.Single(report.Listeners).FilterChains);
        Assert.Contains(chain.Enforced, static line => line.Contains("answered with 503", StringComparison.Ordinal));
        Assert.Contains(chain.Enforced, static line => line.Contains("at most 100 requests at once", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("type: MeshRateLimit\nmesh: m\nname: p\nspec:\n  from:\n  - {targetRef: {kind: MeshService, name: a}}\n", 6, "targetRef with kind Mesh")]
    [InlineData("type: MeshRateLimit\nmesh: m\nname: p\nspec:\n  rules: []\n", 5, "use from")]
    [InlineData("type: MeshRateLimit\nmesh: m\nname: p\nspec:\n  from:\n  - targetRef: {kind: Mesh}\n    default: {local: {http: {requestRate: {num: 1, interval: 1ms}}}}\n", 7, "at least 50ms")]
    [InlineData("type: MeshFaultInjection\nmesh: m\nname: p\nspec:\n  from:\n  - targetRef: {kind: Mesh}\n    default: {http: [{abort: {httpStatus: 99, percentage: 1}}]}\n", 7, "is not a status")]
    [InlineData("type: MeshFaultInjection\nmesh: m\nname: p\nspec:\n  from:\n  - targetRef: {kind: Mesh}\n    default: {http: [{delay: {value: 1s, percentage: 101}}]}\n", 7, "is not a percentage")]
    [InlineData("type: MeshFaultInjection\nmesh: m\nname: p\nspec:\n  from:\n  - targetRef: {kind: Mesh}\n    default: {http: [{responseBandwidth: {limit: 5 cows, percentage: 1}}]}\n", 7, "kbps, Mbps or Gbps")]
    public void Policies_Wrong_AreReportedWithTheirLine(string text, int line, string message)
    {
        var problems = ResourceReader.Read(text).Findings.Problems;

        Assert.Contains(problems, problem => problem.Severity == ProblemSeverity.Error && problem.Line == line && problem.Message.Contains(message, StringComparison.Ordinal));
    }

    private static string Faults(string from) =>
        "type: MeshFaultInjection\nmesh: m\nname: faults\nspec:\n  targetRef: {kind: Mesh}\n  from:\n" + string.Concat(from.Split('\n').Select(static line => $"  {line}\n")) + "---\n";

    private static List<HTTPFault> FaultsOf(string from) =>
        [.. ManagerOf(Chain(Faults(from), "http")).HttpFilters.Where(static filter => filter.TypedConfig.Is(HTTPFault.Descriptor)).Select(static filter => filter.TypedConfig.Unpack<HTTPFault>())];

    private static FilterChain GoldenChain(string name) =>
        GoldenXds.Resources(RateLimitGolden).Single().Unpack<Listener>().FilterChains.Single(chain => chain.Name == name);

    private static FilterChain Chain(string policies, string protocol) => Build(policies, protocol).Listeners.Single().FilterChains.Single();

    private static ProxyResources Build(string policies, string protocol) => SnapshotBuilder.Build(
        SampleResources.Catalog(
            "west",
            SampleResources.Mesh("m") + $"type: ExternalService\nmesh: m\nname: es-1\ntags: {{kuma.io/service: es, kuma.io/protocol: {protocol}}}\nnetworking: {{address: '10.0.0.1:80'}}\n---\n" + policies + SampleResources.Egress("ze-1", "west")),
        Node)!;

    private static HttpConnectionManager ManagerOf(FilterChain chain) =>
        chain.Filters.Single(static filter => filter.TypedConfig.Is(HttpConnectionManager.Descriptor)).TypedConfig.Unpack<HttpConnectionManager>();

    private static Route RouteOf(HttpConnectionManager manager) => manager.RouteConfig.VirtualHosts.Single().Routes.Single();
}
