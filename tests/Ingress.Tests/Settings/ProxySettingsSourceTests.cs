using System.Net;
using Microsoft.Extensions.Logging;
using Zoneway.Hosting.Settings;
using Zoneway.SniRouter;

namespace Zoneway.Ingress.Tests.Settings;

public sealed class ProxySettingsSourceTests
{
    private static SettingsReading Least => new SettingsReading().Flag("--cp-address", "https://cp.example:5678").Flag("--name", "zi-1");

    [Fact]
    public void TryRead_LeastThatIsNeeded_HasKumasDefaults()
    {
        var settings = Least.Settings();

        Assert.Equal((ProxyType.Ingress, "zi-1", null), (settings.ProxyType, settings.Name, settings.Mesh));
        Assert.Equal(new Uri("https://cp.example:5678"), settings.ControlPlane!.Address);
        Assert.Equal((TimeSpan.FromSeconds(3), TimeSpan.FromMinutes(5)), (settings.ControlPlane.RetryBackoff, settings.ControlPlane.RetryMaxDuration));
        Assert.False(settings.ControlPlane.SkipVerify || settings.ControlPlane.PrefersDelta || settings.LogJson);
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 9901), settings.Admin);
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 9902), settings.Readiness);
        Assert.Equal((TimeSpan.FromSeconds(30), LogLevel.Information), (settings.DrainTime, settings.LogLevel));
        Assert.Equal(TimeSpan.FromSeconds(5), settings.Limits.ClientHelloTimeout);
        Assert.False(settings.Limits.SniAliases);
    }

    [Fact]
    public void TryRead_EveryFlag_IsRead()
    {
        var settings = Least
            .Flag("--admin-address", "::1").Flag("--admin-port", "0").Flag("--readiness-port", "8080").Flag("--drain-time", "1m30s")
            .Flag("--log-level", "debug").Flag("--log-format", "json").Flag("--skip-verify", "true").Flag("--xds-variant", "DELTA_GRPC")
            .Flag("--hello-timeout", "2s").Flag("--max-hello-bytes", "4096").Flag("--max-connections", "1000").Flag("--max-sniffing-connections", "100")
            .Flag("--max-request-header-bytes", "65536").Flag("--connect-attempts", "5").Flag("--sni-aliases", "true").Flag("--half-closed-timeout", "1m").Flag("--tls-handshake-timeout", "3s").Flag("--http-preface-timeout", "4s").Flag("--data-path", "portable").Flag("--concurrency", "3").Flag("--dataplane-token", "secret\n").Flag("--proxy-type", "dataplane").Flag("--mesh", "prod")
            .Settings();

        Assert.Equal((null, new IPEndPoint(IPAddress.IPv6Loopback, 8080)), (settings.Admin, settings.Readiness));
        Assert.Equal((TimeSpan.FromSeconds(90), LogLevel.Debug, true), (settings.DrainTime, settings.LogLevel, settings.LogJson));
        Assert.True(settings.ControlPlane!.SkipVerify && settings.ControlPlane.PrefersDelta);
        Assert.Equal((ProxyType.Dataplane, "prod", "secret"), (settings.ProxyType, settings.Mesh, settings.ControlPlane.Token));
        Assert.Equal((TimeSpan.FromSeconds(2), 4096), (settings.Limits.ClientHelloTimeout, settings.Limits.MaxClientHelloBytes));
        Assert.Equal((1000, 100, 5), (settings.Limits.MaxConnections, settings.Limits.MaxSniffingConnections, settings.Limits.ConnectAttempts));
        Assert.Equal(65536, settings.Limits.MaxRequestHeaderBytes);
        Assert.Equal((TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(4)), (settings.Limits.TlsHandshakeTimeout, settings.Limits.HttpPrefaceTimeout));
        Assert.True(settings.Limits.SniAliases);
        Assert.Equal((TimeSpan.FromMinutes(1), DataPath.Portable, 3), (settings.Limits.HalfClosedTimeout, settings.Limits.DataPath, settings.Limits.Concurrency));
    }

    [Fact]
    public void TryRead_HelmChartsEnvironment_IsEnough()
    {
        using var directory = new TemporaryDirectory();

        // Protocol §9.6, with variables that mean nothing here.
        var settings = new SettingsReading()
            .Variable("POD_NAME", "zi-abc").Variable("POD_NAMESPACE", "mesh-system").Variable("KUMA_CONTROL_PLANE_URL", "https://cp.mesh-system:5678")
            .Variable("KUMA_DATAPLANE_DRAIN_TIME", "40s").Variable("KUMA_DATAPLANE_RUNTIME_TOKEN_PATH", directory.Write("token", "jwt"))
            .Variable("KUMA_DATAPLANE_PROXY_TYPE", "ingress").Variable("KUMA_READINESS_PORT", "9902").Variable("KUMA_DNS_ENABLED", "nonsense")
            .Flag("--log-level", "info")
            .Settings();

        Assert.Equal(("zi-abc.mesh-system", TimeSpan.FromSeconds(40)), (settings.Name, settings.DrainTime));
        Assert.Equal(Path.Combine(directory.Path, "token"), settings.ControlPlane!.TokenFile);
        Assert.Contains(settings.Readiness!.Address, new[] { IPAddress.Any, IPAddress.IPv6Any });
        Assert.Equal(IPAddress.Loopback, settings.Admin!.Address);
    }

    [Fact]
    public void TryRead_FlagAndVariable_FlagWins() =>
        Assert.Equal("of-flag", Least.Flag("--name", "of-flag").Variable("KUMA_DATAPLANE_NAME", "of-variable").Settings().Name);

    [Fact]
    public void TryRead_XdsFileByFlagAndControlPlaneByVariable_FollowsFile()
    {
        using var directory = new TemporaryDirectory();
        var file = directory.Write("resources.yaml", "resources: []");

        var settings = new SettingsReading().Flag("--xds-file", file).Variable("KUMA_CONTROL_PLANE_URL", "https://cp.example:5678").Settings();

        Assert.Equal((file, null, "zone-ingress"), (settings.XdsFile, settings.ControlPlane, settings.Name));
    }

    [Fact]
    public void TryRead_ManyThingsWrong_ListsThemAll()
    {
        var problems = new SettingsReading()
            .Flag("--cp-address", "ftp://cp").Flag("--ca-cert-file", "/no/such/ca").Flag("--dataplane-token-file", "/no/such/token")
            .Flag("--admin-port", "70000").Flag("--drain-time", "soon").Flag("--log-level", "loud").Flag("--max-hello-bytes", "1")
            .Variable("KUMA_DATAPLANE_PROXY_TYPE", "sidecar").Variable("KUMA_CONTROL_PLANE_TLS_SKIP_VERIFY", "maybe")
            .Problems();

        Assert.Collection(
            problems.Order(StringComparer.Ordinal),
            problem => Assert.StartsWith("--admin-port", problem, StringComparison.Ordinal),
            problem => Assert.StartsWith("--ca-cert-file", problem, StringComparison.Ordinal),
            problem => Assert.StartsWith("--cp-address", problem, StringComparison.Ordinal),
            problem => Assert.StartsWith("--dataplane-token-file", problem, StringComparison.Ordinal),
            problem => Assert.StartsWith("--drain-time", problem, StringComparison.Ordinal),
            problem => Assert.StartsWith("--log-level", problem, StringComparison.Ordinal),
            problem => Assert.StartsWith("KUMA_CONTROL_PLANE_TLS_SKIP_VERIFY", problem, StringComparison.Ordinal),
            problem => Assert.StartsWith("KUMA_DATAPLANE_PROXY_TYPE", problem, StringComparison.Ordinal),
            problem => Assert.StartsWith("The ClientHello limit", problem, StringComparison.Ordinal),
            problem => Assert.StartsWith("The proxy needs a name", problem, StringComparison.Ordinal));
    }

    [Fact]
    public void TryRead_NothingAtAll_AsksForAControlPlaneOrAFile() =>
        Assert.Contains(new SettingsReading().Problems(), problem => problem.Contains("--cp-address", StringComparison.Ordinal) && problem.Contains("--xds-file", StringComparison.Ordinal));

    [Theory]
    [InlineData("--cp-address", "cp.example:5678")]
    [InlineData("--cp-address", "https://")]
    [InlineData("--admin-address", "localhost")]
    [InlineData("--readiness-port", "-1")]
    [InlineData("--readiness-port", "9901")]
    [InlineData("--proxy-type", "egress")]
    [InlineData("--work-dir", "/no/such/directory")]
    [InlineData("--xds-variant", "REST")]
    [InlineData("--max-connections", "many")]
    [InlineData("--concurrency", "257")]
    [InlineData("--half-closed-timeout", "0")]
    [InlineData("--tls-handshake-timeout", "0")]
    [InlineData("--http-preface-timeout", "-1s")]
    [InlineData("--data-path", "fast")]
    public void TryRead_OneThingWrong_IsTheOnlyProblem(string flag, string value) => Assert.Single(Least.Flag(flag, value).Problems());

    [Fact]
    public void TryRead_TextAndFileOfTheSameThing_IsAProblem()
    {
        using var directory = new TemporaryDirectory();

        var problems = Least.Flag("--dataplane-token", "a").Flag("--dataplane-token-file", directory.Write("token", "b")).Problems();

        Assert.Contains("--dataplane-token-file", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Fact]
    public void TryRead_EmptyTokenFileAndCaThatIsNone_AreProblems()
    {
        using var directory = new TemporaryDirectory();

        var problems = Least.Flag("--dataplane-token-file", directory.Write("token", "\n")).Flag("--ca-cert-file", directory.Write("ca", "hello")).Problems();

        Assert.Equal(2, problems.Length);
    }
}
