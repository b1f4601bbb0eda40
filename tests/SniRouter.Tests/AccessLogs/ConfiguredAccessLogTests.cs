using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Zoneway.SniRouter.AccessLogs;
using Zoneway.SniRouter.Routing;
using Zoneway.SniRouter.Telemetry;
using Zoneway.SniRouter.Tests.Proxying;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.AccessLogs;

/// <summary>The access logs that the control plane asks for, from real connections to real files.</summary>
public abstract class ConfiguredAccessLogTests(PathUnderTest path) : IDisposable
{
    // As Kuma's MeshAccessLog writes it for a zone egress.
    private const string KumaFormat =
        "[%START_TIME%] %RESPONSE_FLAGS% default 127.0.0.1(unknown)->%UPSTREAM_HOST%(unknown) took %DURATION%ms, sent %BYTES_SENT% bytes, received: %BYTES_RECEIVED% bytes\n";

    private readonly string _directory = Directory.CreateTempSubdirectory("zoneway-").FullName;

    private string File => Path.Combine(_directory, "access.log");

    [Fact]
    public async Task FilterChainLog_KumasFormat_OneLinePerConnection()
    {
        await using var streams = await SplicedStreams.OpenAsync(path, ProxyConfigs.ProxyTo() with { AccessLogs = [Log(KumaFormat)] });
        await streams.ExpectAliveAsync();
        await FinishAsync(streams);

        var line = Assert.Single(await LinesAsync(1));
        Assert.Matches(
            $@"^\[\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{{3}}Z\] - default 127\.0\.0\.1\(unknown\)->127\.0\.0\.1:\d+\(unknown\) took \d+ms, sent 4 bytes, received: {SplicedStreams.Hello.Length + 4} bytes$", line);
    }

    [Fact]
    public async Task FilterChainLog_AddressesAndNames_AreTheConnections()
    {
        const string Format = "%DOWNSTREAM_REMOTE_ADDRESS%|%DOWNSTREAM_LOCAL_ADDRESS%|%UPSTREAM_LOCAL_ADDRESS%|%UPSTREAM_CLUSTER%|%REQUESTED_SERVER_NAME%|%FILTER_CHAIN_NAME%\n";
        await using var streams = await SplicedStreams.OpenAsync(path, ProxyConfigs.ProxyTo() with { AccessLogs = [Log(Format)] });
        var (client, listener, upstream) = (streams.Client.Socket.LocalEndPoint, streams.Proxy.Address(), streams.Server.Socket.RemoteEndPoint);
        await FinishAsync(streams);

        var line = Assert.Single(await LinesAsync(1));

        Assert.Equal($"{Unmapped(client)}|{listener}|{upstream}|{ProxyConfigs.Cluster}|{ProxyConfigs.ServerName}|{ProxyConfigs.ServerName}", line);
    }

    [Fact]
    public async Task FilterChainLog_OnConnected_ALineThenAndALineAtTheEnd()
    {
        const string Format = "%ACCESS_LOG_TYPE% %UPSTREAM_HOST%\n";
        await using var streams = await SplicedStreams.OpenAsync(path, ProxyConfigs.ProxyTo() with { AccessLogs = [Log(Format)], LogsOnConnected = true });
        var connected = Assert.Single(await LinesAsync(1));
        await FinishAsync(streams);

        var lines = await LinesAsync(2);

        Assert.StartsWith("TcpUpstreamConnected 127.0.0.1:", connected, StringComparison.Ordinal);
        Assert.Equal([connected, connected.Replace("TcpUpstreamConnected", "TcpConnectionEnd", StringComparison.Ordinal)], lines);
    }

    [Fact]
    public async Task FilterChainLog_ServerNameFilter_OnlyThatName()
    {
        var other = Path.Combine(_directory, "other.log");
        await using var streams = await SplicedStreams.OpenAsync(path, ProxyConfigs.ProxyTo() with
        {
            AccessLogs = [Log("other\n") with { ServerName = "another", Destination = new(AccessLogDestinationKind.File, other) }, Log("this\n") with { ServerName = ProxyConfigs.ServerName.ToUpperInvariant() }],
        });
        await FinishAsync(streams);

        Assert.Equal(["this"], await LinesAsync(1));
        Assert.False(System.IO.File.Exists(other));
    }

    [Fact]
    public async Task FilterChainLog_NoEndpointAccepts_SaysSo()
    {
        using var refusing = new RefusingEndpoint();
        await using var proxy = await ProxyUnderTest.StartAsync(path);
        await proxy.ApplyAsync(ProxyConfigs.RouteTo(ProxyConfigs.ProxyTo() with { AccessLogs = [Log("%RESPONSE_FLAGS% %UPSTREAM_HOST% %BYTES_SENT%\n")] }, refusing.Address));

        using var client = await proxy.ConnectAsync(SplicedStreams.Hello);
        await client.EndAsync();

        Assert.Equal([$"UF,URX {refusing.Address} 0"], await LinesAsync(1));
    }

    [Fact]
    public async Task ListenerLog_EveryConnection_AlsoThoseWithoutAFilterChain()
    {
        await using var upstream = new EchoUpstream();
        await using var proxy = await ProxyUnderTest.StartAsync(path);
        var update = ProxyConfigs.RouteTo(upstream.Address);
        await proxy.ApplyAsync(update with { Listeners = [update.Listeners[0] with { AccessLogs = [Log("%RESPONSE_FLAGS% %CONNECTION_TERMINATION_DETAILS% %DOWNSTREAM_REMOTE_ADDRESS% %REQUESTED_SERVER_NAME%\n")] }] });

        using var lost = await proxy.ConnectAsync(ClientHelloBuilder.Typical("Nowhere").Build());
        await lost.EndAsync();
        using var served = await proxy.ConnectAsync(SplicedStreams.Hello);
        await served.ReceiveAsync(SplicedStreams.Hello.Length);
        served.FinishSending();
        await served.EndAsync();

        var lines = await LinesAsync(2);
        Assert.Contains($"NR no_route {Unmapped(lost.Socket.LocalEndPoint)} nowhere", lines);
        Assert.Contains($"- - {Unmapped(served.Socket.LocalEndPoint)} {ProxyConfigs.ServerName}", lines);
    }

    [Fact]
    public async Task ListenerLog_ConnectionAnsweredHere_HasOneLine()
    {
        await using var proxy = await ProxyUnderTest.StartAsync(path);
        var listener = ProxyConfigs.ListenerOf(ProxyConfigs.UnconditionalChain(new DirectResponseConfig("hello"u8.ToArray()))) with { AccessLogs = [Log("%FILTER_CHAIN_NAME% %CONNECTION_TERMINATION_DETAILS%\n")] };
        await proxy.ApplyAsync(new() { Listeners = [listener] });

        using var client = await proxy.ConnectAsync();

        Assert.Equal("hello", System.Text.Encoding.ASCII.GetString((await client.ReceiveToEndAsync()).Bytes));
        Assert.Equal(["any direct_response"], await LinesAsync(1));
        await proxy.ExpectNothingOpenAsync();
        Assert.Single(await LinesAsync(1));
    }

    [Fact]
    public async Task ServerNameOfAnyBytes_CannotForgeALine()
    {
        await using var proxy = await ProxyUnderTest.StartAsync(path);
        var update = ProxyConfigs.RouteTo();
        await proxy.ApplyAsync(update with { Listeners = [update.Listeners[0] with { AccessLogs = [Log("<%REQUESTED_SERVER_NAME%>\n")] }] });

        using var client = await proxy.ConnectAsync(new ClientHelloBuilder().WithServerName([(byte)'x', (byte)'\n', 0xE9, 0x1B]).Build());
        await client.EndAsync();

        Assert.Equal([@"<x\x0a\xe9\x1b>"], await LinesAsync(1));
    }

    [Fact]
    public async Task DestinationThatCannotBeWritten_CostsLinesAndNoConnection()
    {
        var log = Log("x\n") with { Destination = new(AccessLogDestinationKind.File, Path.Combine(_directory, "missing", "log")) };
        await using var streams = await SplicedStreams.OpenAsync(path, ProxyConfigs.ProxyTo() with { AccessLogs = [log] });
        var logger = streams.Proxy.Services.GetRequiredService<AccessLogger>();
        await streams.ExpectAliveAsync();

        await FinishAsync(streams);

        await Eventually.TrueAsync(() => logger.Dropped == 1);
        Assert.Equal(0, logger.Written);
    }

    [Fact]
    public async Task Destinations_MoreThanTheLimit_AreCounted()
    {
        var logs = Enumerable.Range(0, AccessLogger.MaxDestinations + 2).Select(i => Log("x\n") with { Destination = new(AccessLogDestinationKind.File, $"{File}.{i}") });
        await using var streams = await SplicedStreams.OpenAsync(path, ProxyConfigs.ProxyTo() with { AccessLogs = [.. logs] });
        var logger = streams.Proxy.Services.GetRequiredService<AccessLogger>();

        await FinishAsync(streams);

        await Eventually.TrueAsync(() => logger.Written == AccessLogger.MaxDestinations);
        Assert.Equal(2, logger.Dropped);
    }

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        Directory.Delete(_directory, recursive: true);
    }

    private AccessLogConfig Log(string format) => new()
    {
        Destination = new(AccessLogDestinationKind.File, File),
        Format = AccessLogFormat.Text(AccessLogTemplate.TryParse(format, out _)!),
    };

    private async Task<string[]> LinesAsync(int count)
    {
        await Eventually.TrueAsync(() => System.IO.File.Exists(File) && System.IO.File.ReadAllText(File).Count(character => character == '\n') >= count);
        return await System.IO.File.ReadAllLinesAsync(File);
    }

    private static async Task FinishAsync(SplicedStreams streams)
    {
        streams.Client.FinishSending();
        streams.Server.FinishSending();
        await streams.Proxy.ExpectAsync(ConnectionOutcome.Completed);
    }

    // The client's own socket has both address families.
    private static string Unmapped(EndPoint? address) => address is IPEndPoint ip ? $"{ip.Address.MapToIPv4()}:{ip.Port}" : "";
}

public sealed class PortableConfiguredAccessLogTests() : ConfiguredAccessLogTests(PathUnderTest.Portable);

public sealed class EngineConfiguredAccessLogTests() : ConfiguredAccessLogTests(PathUnderTest.Engine);
