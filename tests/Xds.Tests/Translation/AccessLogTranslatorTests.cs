using Zoneway.SniRouter.AccessLogs;
using Zoneway.SniRouter.Routing;
using Zoneway.TestUtilities;
using Zoneway.Xds.Files;
using Zoneway.Xds.Protocol;
using Zoneway.Xds.Translation;
using static Zoneway.Xds.Tests.Translation.TestResources;

namespace Zoneway.Xds.Tests.Translation;

public sealed class AccessLogTranslatorTests
{
    private const string FileType = "type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog";
    private const string CelType = "type.googleapis.com/envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter";

    [Theory]
    [InlineData("path: /tmp/a.log")]
    [InlineData("path: /tmp/a.log, format: \"x %DURATION%\\n\"")]
    [InlineData("path: /tmp/a.log, jsonFormat: {a: '%DURATION%'}")]
    [InlineData("path: /tmp/a.log, typedJsonFormat: {a: 1, b: [true, {c: '%DURATION%'}], d: null}")]
    [InlineData("path: /tmp/a.log, logFormat: {textFormat: x}")]
    [InlineData("path: /tmp/a.log, logFormat: {textFormatSource: {inlineString: x}}")]
    [InlineData("path: /tmp/a.log, logFormat: {jsonFormat: {a: b}}")]
    public void Translate_File_IsWritten(string fields)
    {
        var (proxy, result) = Translate(FileLog(fields));

        Assert.Equal(new AccessLogDestination(AccessLogDestinationKind.File, "/tmp/a.log"), Assert.Single(proxy.AccessLogs).Destination);
        Assert.Empty(result.Ignored);
        var enforced = Assert.Single(result.Enforced, field => field.Field.Contains("access_log", StringComparison.Ordinal));
        Assert.Equal("lines to /tmp/a.log", enforced.What);
        Assert.Equal("filter_chains[0].filters[0].typed_config.access_log[0]", enforced.Field);
    }

    [Theory]
    [InlineData("logFormat: {textFormatSource: {inlineString: '10.0.0.9:5000;x'}}")]
    [InlineData("logFormat: {jsonFormat: {address: '10.0.0.9:5000', message: x}}")]
    [InlineData("logFormat: {jsonFormat: {address: '10.0.0.9:5000', message: {a: '%DURATION%'}}}")]
    public void Translate_PipeOfKumaDp_GoesStraightToTheCollector(string format)
    {
        var (proxy, _) = Translate(FileLog($"path: /tmp/x/kuma-al-ingress-1-default.sock, {format}"));

        Assert.Equal(new AccessLogDestination(AccessLogDestinationKind.Tcp, "10.0.0.9:5000"), Assert.Single(proxy.AccessLogs).Destination);
    }

    [Theory]
    [InlineData("path: ''", "not one of a file")]
    [InlineData("path: /tmp/a.log, format: '%DURATION'", "has no end")]
    [InlineData("path: /tmp/a.log, logFormat: {jsonFormat: {a: {b: '%'}}}", "has no end")]
    [InlineData("path: /tmp/a.log, logFormat: {textFormatSource: {filename: /etc/x}}", "stands in the message")]
    [InlineData("path: /tmp/kuma-al-a-b.sock, format: x", "has no address")]
    [InlineData("path: /tmp/kuma-al-a-b.sock, format: 'nowhere;x'", "host:port")]
    [InlineData("path: /tmp/kuma-al-a-b.sock, logFormat: {jsonFormat: {address: 'a:1'}}", "has no message")]
    public void Translate_LogThatCannotBeWritten_IsIgnoredAndTheChainServes(string fields, string why)
    {
        var (proxy, result) = Translate(FileLog(fields));

        Assert.Empty(proxy.AccessLogs);
        Assert.Contains(why, Assert.Single(result.Ignored).Why, StringComparison.Ordinal);
        Assert.DoesNotContain(result.Enforced, field => field.Field.Contains("access_log", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("connection.requested_server_name == \\\"sni.a\\\"", "sni.a", "")]
    [InlineData("connection.requested_server_name=='sni.a'", "sni.a", "")]
    [InlineData("connection.uri_san_peer_certificate.startsWith(\\\"spiffe://default/\\\")", null, "certificate is not known")]
    [InlineData("connection.uri_san_peer_certificate == 'spiffe://default/a'", null, "certificate is not known")]
    [InlineData("connection.requested_server_name == 'sni.a' && connection.uri_san_peer_certificate.startsWith('x')", null, "certificate is not known")]
    [InlineData("connection.requested_server_name != 'sni.a'", null, "is not understood")]
    [InlineData("connection.requested_server_name == 'sni.a' || true", null, "is not understood")]
    [InlineData("connection.requested_server_name == ''", null, "is not understood")]
    [InlineData("connection.requested_server_name == 'a' && connection.requested_server_name == 'b'", null, "is not understood")]
    [InlineData("", null, "is not understood")]
    public void Translate_CelFilter_ExactlyKumasExpressions(string expression, string? serverName, string why)
    {
        var (proxy, result) = Translate(FileLog("path: /tmp/a.log", $", filter: {{extensionFilter: {{name: x, typedConfig: {{'@type': {CelType}, expression: \"{expression}\"}}}}}}"));

        Assert.Equal(serverName is null ? [] : [serverName], proxy.AccessLogs.Select(log => log.ServerName));
        Assert.Equal(serverName is null ? 1 : 0, result.Ignored.Count);
        Assert.All(result.Ignored, field => Assert.Contains(why, field.Why, StringComparison.Ordinal));
    }

    [Fact]
    public void Translate_OtherFiltersAndLoggers_AreIgnored()
    {
        var (proxy, result) = Translate(
            FileLog("path: /tmp/a.log", ", filter: {statusCodeFilter: {}}"), FileLog("path: /tmp/a.log", ", filter: {notHealthCheckFilter: {}}"), "{name: x}");

        Assert.Single(proxy.AccessLogs);
        Assert.Equal(["access_log[0].filter", "access_log[2].typed_config"], result.Ignored.Select(field => field.Field["filter_chains[0].filters[0].typed_config.".Length..]));
    }

    [Fact]
    public void Translate_OperatorsWithoutValue_AreListed()
    {
        var (proxy, result) = Translate(FileLog("path: /tmp/a.log, format: '%TRAILER(A)% %DURATION% %DOWNSTREAM_PEER_SUBJECT%'"));

        Assert.Single(proxy.AccessLogs);
        Assert.EndsWith("TRAILER, DOWNSTREAM_PEER_SUBJECT", Assert.Single(result.Ignored).Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData(", flushAccessLogOnConnected: true", true)]
    [InlineData(", accessLogOptions: {flushAccessLogOnConnected: true}", true)]
    [InlineData(", accessLogOptions: {}, flushAccessLogOnConnected: true", false)]
    public void Translate_FlushOnConnected_IsUnderstood(string fields, bool expected)
    {
        var result = ListenerTranslator.Translate(ListenerWith("in", Chain("", TcpProxy($"cluster: a{fields}"))));

        Assert.Equal(expected, ((TcpProxyConfig)result.Config!.FilterChains[0].Action).LogsOnConnected);
        Assert.Empty(result.Ignored);
    }

    [FixtureTheory("kuma/head/policies/meshaccesslog")]
    [InlineData("v2.14.3")]
    [InlineData("head")]
    public void Translate_KumasGoldenListener_IsUnderstood(string version)
    {
        var yaml = File.ReadAllText(Fixtures.Path($"kuma/{version}/policies/meshaccesslog/zoneegress_matches_sni.listener.golden.yaml"));
        var file = EnvoyResourceFile.Parse($"resources:\n- resource:\n    '@type': {TypeUrls.Listener}\n    {yaml.ReplaceLineEndings("\n    ")}");

        var result = ListenerTranslator.Translate(Assert.Single(file.Resources));

        Assert.Empty(result.Errors);
        Assert.Empty(result.Ignored);
        var proxy = Assert.IsType<TcpProxyConfig>(Assert.Single(result.Config!.FilterChains).Action);
        var log = Assert.Single(proxy.AccessLogs);
        Assert.Equal((new AccessLogDestination(AccessLogDestinationKind.File, "/tmp/aurora.log"), "sni.extsvc.default.zone-1.aws-aurora.8443"), (log.Destination, log.ServerName));
        Assert.True(proxy.LogsOnConnected);
    }

    [Fact]
    public void Translate_ListenerLog_BelongsToTheListener()
    {
        var result = ListenerTranslator.Translate(Listener(
            $"{{name: in, address: {Socket("127.0.0.1:10001")}, filterChains: [{Chain("", TcpProxy("cluster: a"))}], accessLog: [{FileLog("path: /tmp/a.log")}]}}"));

        Assert.Empty(result.Errors);
        Assert.Single(result.Config!.AccessLogs);
        Assert.Contains(result.Enforced, field => field.Field == "access_log[0]");
    }

    private static string FileLog(string fields, string more = "") => $"{{name: x, typedConfig: {{'@type': {FileType}, {fields}}}{more}}}";

    private static (TcpProxyConfig Proxy, TranslationResult<ListenerConfig> Result) Translate(params string[] logs)
    {
        var result = ListenerTranslator.Translate(ListenerWith("in", Chain("", TcpProxy($"cluster: a, accessLog: [{string.Join(", ", logs)}]"))));
        Assert.Empty(result.Errors);
        return (Assert.IsType<TcpProxyConfig>(Assert.Single(result.Config!.FilterChains).Action), result);
    }
}
