using System.Net;
using System.Text;
using Zoneway.SniRouter.AccessLogs;
using Zoneway.SniRouter.Telemetry;

namespace Zoneway.SniRouter.Tests.AccessLogs;

public sealed class AccessLogTemplateTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("plain 100%%", "plain 100%")]
    [InlineData("%DURATION%ms", "1234ms")]
    [InlineData("%START_TIME%", "2026-11-21T03:04:05.678Z")]
    [InlineData("%START_TIME(%Y/%m/%d %H:%M:%S.%3f %z %s %f %j %b %q)%", "2026/11/21 03:04:05.678 +0000 1795230245 678901200 325 Nov %q")]
    [InlineData("%START_TIME(%s):4%", "1795")]
    [InlineData("%BYTES_RECEIVED%/%BYTES_SENT%", "10/20")]
    [InlineData("%RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_FLAGS_LONG%", "0 UF,URX UpstreamConnectionFailure,UpstreamRetryLimitExceeded")]
    [InlineData("%CONNECTION_TERMINATION_DETAILS%", "connect_failed")]
    [InlineData("%DOWNSTREAM_REMOTE_ADDRESS% %DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT% %DOWNSTREAM_REMOTE_PORT%", "10.1.2.3:4000 10.1.2.3 4000")]
    [InlineData("%DOWNSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_DIRECT_REMOTE_ADDRESS%", "[2001:db8::1]:443 10.1.2.3:4000")]
    [InlineData("%UPSTREAM_HOST% %UPSTREAM_CLUSTER% %UPSTREAM_LOCAL_ADDRESS%", "- - -")]
    [InlineData("%REQUESTED_SERVER_NAME%:%REQUESTED_SERVER_NAME:3%", "backend{mesh=default}:bac")]
    [InlineData("%CONNECTION_ID% %ACCESS_LOG_TYPE%", "c-1 TcpConnectionEnd")]
    [InlineData("%REQ(:METHOD)% %NO_SUCH%", "- -")]
    public void Write_Operators_AreEnvoys(string format, string line) => Assert.Equal(line, Write(format));

    [Theory]
    [InlineData("%")]
    [InlineData("%DURATION")]
    [InlineData("%DURATION %")]
    [InlineData("%START_TIME(%Y")]
    [InlineData("%DURATION:x%")]
    [InlineData("%DURATION:99999999999%")]
    public void TryParse_OperatorWithoutEnd_IsNoTemplate(string format)
    {
        Assert.Null(AccessLogTemplate.TryParse(format, out var problem));
        Assert.Contains("has no end", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void UnknownOperators_EachOnce() =>
        Assert.Equal(["TRAILER", "NO_SUCH"], AccessLogTemplate.TryParse("%TRAILER(A)% %DURATION% %TRAILER(B)% %NO_SUCH%", out _)!.UnknownOperators.ToArray());

    [Fact]
    public void Needs_OnlyWhatTheOperatorsShow()
    {
        Assert.Equal(AccessLogNeeds.None, Needs("%START_TIME% %UPSTREAM_HOST%"));
        Assert.Equal(AccessLogNeeds.ServerName | AccessLogNeeds.UpstreamLocal, Needs("%REQUESTED_SERVER_NAME% %UPSTREAM_LOCAL_PORT%"));
        Assert.Equal(AccessLogNeeds.Downstream, Needs("%DOWNSTREAM_LOCAL_ADDRESS%"));
    }

    [Fact]
    public void Outcomes_AllHaveAFlagOrADash() =>
        Assert.All(Enum.GetValues<ConnectionOutcome>(), outcome => Assert.Matches("^(-|[A-Z]+(,[A-Z]+)*)$", ResponseFlags.Short(outcome)));

    private static AccessLogNeeds Needs(string format) => AccessLogTemplate.TryParse(format, out _)!.Needs;

    private static string Write(string format)
    {
        var text = new StringBuilder();
        AccessLogTemplate.TryParse(format, out _)!.Write(TestEntry(), "-", text);
        return text.ToString();
    }

    internal static AccessLogEntry TestEntry() => new(
        new ConnectionReport
        {
            Outcome = ConnectionOutcome.ConnectFailed,
            Listener = "in",
            ConnectionId = "c-1",
            ServerName = "Backend{mesh=default}",
            BytesSent = 10,
            BytesReceived = 20,
            Duration = TimeSpan.FromMilliseconds(1234.5),
        },
        AccessLogType.TcpConnectionEnd,
        new DateTimeOffset(2026, 11, 21, 3, 4, 5, TimeSpan.Zero).AddTicks(6789012),
        new ConnectionAddresses(new IPEndPoint(IPAddress.Parse("::ffff:10.1.2.3"), 4000), new IPEndPoint(IPAddress.Parse("2001:db8::1"), 443), null));
}
