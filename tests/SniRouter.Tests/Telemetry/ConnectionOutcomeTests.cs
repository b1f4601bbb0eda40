using Zoneway.SniRouter.Telemetry;

namespace Zoneway.SniRouter.Tests.Telemetry;

public sealed class ConnectionOutcomeTests
{
    [Fact]
    public void Tag_EveryOutcome_IsSnakeCaseAndUnique()
    {
        var tags = Enum.GetValues<ConnectionOutcome>().Select(outcome => outcome.Tag()).ToArray();

        Assert.Equal(ConnectionOutcomes.Count, tags.Distinct().Count());
        Assert.All(tags, tag => Assert.Matches("^[a-z]+(_[a-z]+)*$", tag));
        Assert.Equal("client_hello_too_large", ConnectionOutcome.ClientHelloTooLarge.Tag());
        Assert.Equal("not_tls", ConnectionOutcome.NotTls.Tag());
    }

    [Theory]
    [InlineData(ConnectionOutcome.Completed, ConnectionSide.Local)]
    [InlineData(ConnectionOutcome.ConnectionLimit, ConnectionSide.Local)]
    [InlineData(ConnectionOutcome.NoServerName, ConnectionSide.Downstream)]
    [InlineData(ConnectionOutcome.DownstreamReset, ConnectionSide.Downstream)]
    [InlineData(ConnectionOutcome.NoCluster, ConnectionSide.Local)]
    [InlineData(ConnectionOutcome.NoEndpoints, ConnectionSide.Upstream)]
    [InlineData(ConnectionOutcome.UpstreamReset, ConnectionSide.Upstream)]
    [InlineData(ConnectionOutcome.IdleTimeout, ConnectionSide.Local)]
    [InlineData(ConnectionOutcome.InternalError, ConnectionSide.Local)]
    public void Side_SaysWhoCausedIt(ConnectionOutcome outcome, ConnectionSide side) => Assert.Equal(side, outcome.Side());
}
