using Microsoft.Extensions.Logging;
using Zoneway.SniRouter.Telemetry;
using Zoneway.SniRouter.Tests.Proxying;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.Telemetry;

/// <summary>One debug event for each connection, whatever became of it.</summary>
public abstract class AccessLogTests(PathUnderTest path)
{
    private const int Ended = 200;

    [Fact]
    public async Task ConnectionCompleted_OneEventSaysAllOfIt()
    {
        await using var streams = await SplicedStreams.OpenAsync(path);
        await streams.ExpectAliveAsync();
        streams.Client.FinishSending();
        streams.Server.FinishSending();
        await streams.Proxy.ExpectAsync(ConnectionOutcome.Completed);

        var record = Assert.Single(streams.Proxy.Log, record => record.EventId == Ended);

        Assert.Equal(LogLevel.Debug, record.Level);
        Assert.Contains($"on inbound: completed. Server name '{ProxyConfigs.ServerName}'", record.Message, StringComparison.Ordinal);
        Assert.Contains($"cluster default:backend, endpoint 127.0.0.1:", record.Message, StringComparison.Ordinal);
        Assert.Contains($"{SplicedStreams.Hello.Length + 4} bytes sent, 4 received", record.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnknownServerNameOfAnyBytes_IsInTheEventAndCannotForgeAnother()
    {
        await using var proxy = await ProxyUnderTest.StartAsync(path);
        await proxy.ApplyAsync(ProxyConfigs.RouteTo());

        using var client = await proxy.ConnectAsync(new ClientHelloBuilder().WithServerName([(byte)'x', (byte)'\n', 0xE9, 0x1B]).Build());
        await proxy.ExpectAsync(ConnectionOutcome.NoRoute);

        var record = Assert.Single(proxy.Log, record => record.EventId == Ended);
        Assert.Contains(@"no_route. Server name 'x\x0a\xe9\x1b', ", record.Message, StringComparison.Ordinal);
    }
}

public sealed class PortableAccessLogTests() : AccessLogTests(PathUnderTest.Portable);

public sealed class EngineAccessLogTests() : AccessLogTests(PathUnderTest.Engine);
