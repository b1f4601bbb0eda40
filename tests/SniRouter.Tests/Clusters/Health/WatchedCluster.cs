using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Clusters.Health;
using Zoneway.SniRouter.Proxying;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.Clusters.Health;

/// <summary>A cluster whose endpoints are watched over, on a clock that the test moves. Checks send PING and want PONG, so that the test decides when and how they end.</summary>
internal sealed class WatchedCluster : IDisposable
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan CheckTimeout = TimeSpan.FromSeconds(3);

    private readonly LogRecorder _log = new();
    private readonly ILoggerFactory _loggers;

    public WatchedCluster(IUpstreamSecurity? security = null)
    {
        _loggers = LoggerFactory.Create(logging => logging.AddProvider(_log));
        State = new ClusterState("c", new HealthMonitoring(new UpstreamConnector(Time), Time, _loggers.CreateLogger<HealthMonitoring>(), security));
    }

    public static HealthCheckConfig PingCheck { get; } = new()
    {
        Probe = new TcpHealthProbe("PING"u8.ToArray(), ["PO"u8.ToArray(), "NG"u8.ToArray()]),
        Timeout = CheckTimeout,
        Interval = Interval,
        NoTrafficInterval = Interval,
        UnhealthyThreshold = 2,
        HealthyThreshold = 2,
    };

    public static HealthCheckConfig ConnectCheck { get; } = PingCheck with { Probe = new TcpHealthProbe(default, []) };

    public ManualTimeProvider Time { get; } = new();

    public ClusterState State { get; }

    public IReadOnlyCollection<LogRecord> Log => _log.Records;

    public HealthStats Stats => State.Health!.Stats;

    public IEnumerable<EndpointHealth> Health => State.Current!.Endpoints.Select(endpoint => endpoint.Health);

    public static ClusterConfig ConfigOf(params HealthCheckConfig[] checks) => new() { Name = "c", HealthChecks = [.. checks] };

    public static LoadAssignment AssignmentOf(params EndPoint[] addresses) => TestEndpoints.Assignment(
        TestEndpoints.Level(0, [.. addresses.Select(address => new EndpointConfig { Address = address })]));

    public void Update(ClusterConfig config, params EndPoint[] addresses)
    {
        State.Update(config);
        State.Update(AssignmentOf(addresses));
    }

    public EndpointState StateOf(int endpoint) => State.Current!.Endpoints[endpoint].State;

    public Task ExpectAsync(params EndpointHealth[] health) => Eventually.TrueAsync(() => Health.SequenceEqual(health), $"health is {string.Join(", ", health)}");

    /// <summary>Waits until the check that runs has ended and the next is on its way, and lets that begin.</summary>
    public async Task NextCheckAsync()
    {
        await Time.ArmedAsync(dueTime => dueTime == Interval);
        Time.Advance(Interval);
    }

    /// <summary>Answers the next check as it wants.</summary>
    public static async Task PassAsync(ScriptedUpstream upstream)
    {
        using var connection = await upstream.AcceptAsync();
        Assert.Equal("PING", await connection.ReceiveTextAsync(4));
        await connection.SendAsync(Encoding.ASCII.GetBytes("xPOxNGx"));
        await connection.EndAsync();
    }

    /// <summary>Ends the next check without an answer.</summary>
    public static async Task FailAsync(ScriptedUpstream upstream)
    {
        using var connection = await upstream.AcceptAsync();
        await connection.ReceiveTextAsync(4);
    }

    public void Dispose()
    {
        State.Close();
        _loggers.Dispose();
    }
}
