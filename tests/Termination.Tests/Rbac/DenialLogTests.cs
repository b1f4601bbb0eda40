using Microsoft.Extensions.Logging;
using Zoneway.Termination.Rbac;
using Zoneway.TestUtilities;
using static Zoneway.Termination.Tests.Rbac.TestConnections;

namespace Zoneway.Termination.Tests.Rbac;

public sealed class DenialLogTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly LogRecorder _records = new();
    private readonly LoggerFactory _factory;
    private readonly DenialLog _log;

    public DenialLogTests()
    {
        _factory = new LoggerFactory([_records], new LoggerFilterOptions { MinLevel = LogLevel.Trace });
        _log = new DenialLog(_factory.CreateLogger<DenialLog>(), _time);
    }

    public void Dispose() => _factory.Dispose();

    [Fact]
    public void Write_FirstOfAPeerAtAFilter_IsAWarning()
    {
        _log.Write(Denial("spiffe://prod/web", "a."));
        _log.Write(Denial("spiffe://prod/web", "a."));
        _log.Write(Denial("spiffe://prod/web", "b."));
        _log.Write(Denial("spiffe://prod/other", "a."));

        Assert.Equal([LogLevel.Warning, LogLevel.Debug, LogLevel.Warning, LogLevel.Warning], _records.Records.Select(record => record.Level));
        Assert.Equal(4, _log.Denials);
    }

    [Fact]
    public void Write_SaysWhoWasRefusedWhatAndWhy()
    {
        var filter = Filter(RbacAction.Deny, Policy("no-web", Named("spiffe://prod/web")));
        var connection = From(Web);

        _log.Write(RbacDenial.Of(filter, connection, filter.Decide(connection, null)));
        _log.Write(RbacDenial.Of(filter, connection, default));

        Assert.Equal(
            "Connection c1: access control refused spiffe://prod/web who asked for 'api{mesh=prod}': policy no-web, filter 'test.'. Further refusals of this peer by this filter are logged at Debug for an hour.",
            _records.Records.First().Message);
        Assert.Contains("policy none", _records.Records.Last().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_AfterThePeriod_WarnsAgain()
    {
        _log.Write(Denial("spiffe://prod/web"));
        _time.Advance(DenialLog.Period);
        _log.Write(Denial("spiffe://prod/web"));
        _log.Write(Denial("spiffe://prod/web"));

        Assert.Equal([LogLevel.Warning, LogLevel.Warning, LogLevel.Debug], _records.Records.Select(record => record.Level));
    }

    [Fact]
    public void Write_ManyPeers_WarnsOfTheFirstOnesAndOnceOfTheRest()
    {
        for (var i = 0; i < DenialLog.MaxWarnings + 50; i++)
        {
            _log.Write(Denial($"spiffe://prod/{i}"));
        }

        var warnings = _records.Records.Where(record => record.Level == LogLevel.Warning).ToList();
        Assert.Equal(DenialLog.MaxWarnings + 1, warnings.Count);
        Assert.Equal((802, DenialLog.MaxWarnings + 50L), (warnings[^1].EventId, _log.Denials));
        Assert.Equal(50, _records.Records.Count(record => record.Level == LogLevel.Debug));
    }

    private static RbacDenial Denial(string peer, string statPrefix = "a.") => new("c1", "api", Peer(peer), "", statPrefix);
}
