using System.Text;
using Zoneway.SniRouter.Clusters;
using Zoneway.Xds.Translation;
using static Zoneway.Xds.Tests.Translation.TestResources;

namespace Zoneway.Xds.Tests.Translation;

public sealed class HealthCheckTranslatorTests
{
    private const string Times = "timeout: 1s, interval: 2s";

    [Fact]
    public void Translate_EveryField_IsUnderstood()
    {
        var check = Assert.Single(Translate("""
            {timeout: 1s, interval: 2s, initialJitter: 3s, intervalJitter: 4s, intervalJitterPercent: 5, unhealthyThreshold: 6, healthyThreshold: 7, altPort: 8, reuseConnection: false, noTrafficInterval: 9s,
             eventLogPath: /tmp/log, alwaysLogHealthCheckFailures: true, httpHealthCheck: {path: /x, host: h, codecClientType: HTTP2,
             requestHeadersToAdd: [{header: {key: a, value: b}}], expectedStatuses: [{start: 200, end: 300}]}}
            """).Config!.HealthChecks);

        Assert.Equal([1, 2, 3, 4, 9], new[] { check.Timeout, check.Interval, check.InitialJitter, check.IntervalJitter, check.NoTrafficInterval }.Select(time => time.TotalSeconds));
        Assert.Equal((5u, 6u, 7u, 8, false), (check.IntervalJitterPercent, check.UnhealthyThreshold, check.HealthyThreshold, check.Port, check.ReusesConnection));
        Assert.Equal(("/tmp/log", true), (check.EventLogPath, check.LogsEveryFailure));
        var probe = Assert.IsType<HttpHealthProbe>(check.Probe);
        Assert.Equal(("/x", "h", true), (probe.Path, probe.Host, probe.IsHttp2));
        Assert.Equal([(200, 300)], probe.ExpectedStatuses.ToArray());
        Assert.Equal([KeyValuePair.Create("a", "b")], probe.Headers.ToArray());
    }

    [Fact]
    public void Translate_TcpPayloads_AreHexOrBytes()
    {
        var check = Assert.Single(Translate($"{{{Times}, tcpHealthCheck: {{send: {{text: '50494E47'}}, receive: [{{text: '504F'}}, {{binary: Tkc=}}]}}}}").Config!.HealthChecks);

        var probe = Assert.IsType<TcpHealthProbe>(check.Probe);
        Assert.Equal("PING", Encoding.ASCII.GetString(probe.Send.Span));
        Assert.Equal(["PO", "NG"], probe.Receive.Select(part => Encoding.ASCII.GetString(part.Span)));
    }

    [Fact]
    public void Translate_Grpc_IsUnderstood() => Assert.Equal(
        new GrpcHealthProbe("s", "a"), Assert.Single(Translate($"{{{Times}, grpcHealthCheck: {{serviceName: s, authority: a}}}}").Config!.HealthChecks).Probe);

    [Theory]
    [InlineData("{}")]
    [InlineData("{interval: 1s, tcpHealthCheck: {}}")]
    [InlineData("{timeout: 0s, interval: 1s, tcpHealthCheck: {}}")]
    [InlineData("{timeout: 1s, interval: -1s, tcpHealthCheck: {}}")]
    [InlineData("{timeout: 1s, interval: 1s}")]
    [InlineData("{timeout: 1s, interval: 1s, customHealthCheck: {}}")]
    [InlineData("{timeout: 1s, interval: 1s, tcpHealthCheck: {send: {text: xyz}}}")]
    [InlineData("{timeout: 1s, interval: 1s, tcpHealthCheck: {receive: [{text: abc}]}}")]
    [InlineData("{timeout: 1s, interval: 1s, httpHealthCheck: {path: x}}")]
    [InlineData("{timeout: 1s, interval: 1s, httpHealthCheck: {path: /, method: CONNECT}}")]
    [InlineData("{timeout: 1s, interval: 1s, httpHealthCheck: {path: /, codecClientType: HTTP3}}")]
    [InlineData("{timeout: 1s, interval: 1s, httpHealthCheck: {path: /, expectedStatuses: [{start: 99, end: 200}]}}")]
    [InlineData("{timeout: 1s, interval: 1s, httpHealthCheck: {path: /, expectedStatuses: [{start: 200, end: 200}]}}")]
    public void Translate_CheckThatCannotBeDone_IsLeftOutWithoutAnError(string check)
    {
        var result = Translate(check);

        Assert.Empty(result.Errors);
        Assert.Empty(result.Config!.HealthChecks);
        Assert.EndsWith("nothing is checked", Assert.Single(result.Ignored).Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Translate_SecondCheck_IsNotDone()
    {
        var result = Translate($"{{{Times}, tcpHealthCheck: {{}}}}, {{{Times}, tcpHealthCheck: {{}}, eventLogPath: /tmp/log}}");

        Assert.Equal("health_checks[0]", Assert.Single(result.Enforced, field => field.What.StartsWith("TCP every 2s", StringComparison.Ordinal)).Field);
        Assert.Equal(("health_checks[1]", "only the first check is done"), (Assert.Single(result.Ignored).Field, result.Ignored[0].Why));
    }

    private static TranslationResult<ClusterConfig> Translate(string check) =>
        ClusterTranslator.Translate(Cluster($"{{name: a, type: EDS, healthChecks: [{check}]}}"));
}
