using System.Net;
using System.Net.Sockets;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Proxying;
using Zoneway.SniRouter.Telemetry;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.Proxying;

public sealed class ConnectionRaceTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public async Task Connect_FirstAddressAnswers_NoOtherIsTried()
    {
        using var first = new ScriptedUpstream();
        using var second = new ScriptedUpstream();

        using var socket = (await ConnectAsync(first.Address, second.Address).WithinLimit()).Socket!;

        Assert.Equal(first.Address, socket.RemoteEndPoint);
        Assert.True(socket.NoDelay);
        Assert.False(second.HasConnection);
        await Eventually.TrueAsync(() => _clock.RunningTimers == 0);
    }

    [Fact]
    public async Task Connect_FirstAddressRefuses_NextOneIsTriedAtOnce()
    {
        using var refusing = new RefusingEndpoint();
        using var upstream = new ScriptedUpstream();

        // The clock stands still: nothing waits for the attempt delay.
        using var socket = (await ConnectAsync(refusing.Address, refusing.Address, upstream.Address).WithinLimit()).Socket!;

        Assert.Equal(upstream.Address, socket.RemoteEndPoint);
    }

    [Fact]
    public async Task Connect_Ipv6Refuses_Ipv4Serves()
    {
        using var refusing = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
        refusing.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        using var upstream = new ScriptedUpstream();

        using var socket = (await ConnectAsync(refusing.LocalEndPoint!, upstream.Address).WithinLimit()).Socket!;

        Assert.Equal(AddressFamily.InterNetwork, socket.AddressFamily);
    }

    [Fact]
    public async Task Connect_Ipv6Answers_Ipv6Serves()
    {
        using var listener = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        listener.Listen();
        using var upstream = new ScriptedUpstream();

        using var socket = (await ConnectAsync(listener.LocalEndPoint!, upstream.Address).WithinLimit()).Socket!;

        Assert.Equal(AddressFamily.InterNetworkV6, socket.AddressFamily);
    }

    [Fact]
    public async Task Connect_FirstAddressIsSilent_NextOneIsTriedAfterTheAttemptDelay()
    {
        using var silent = await SilentEndpoint.CreateAsync();
        using var upstream = new ScriptedUpstream();

        var connecting = ConnectAsync(silent.Address, upstream.Address);
        await _clock.ArmedAsync(due => due == ConnectionRace.AttemptDelay);
        Assert.False(upstream.HasConnection);
        _clock.Advance(ConnectionRace.AttemptDelay);
        using var socket = (await connecting.WithinLimit()).Socket!;

        Assert.Equal(upstream.Address, socket.RemoteEndPoint);
        // The attempt that lost has been given up.
        await Eventually.TrueAsync(() => _clock.RunningTimers == 0);
    }

    [Fact]
    public async Task Connect_EveryAddressIsSilent_TimesOutOnceForAll()
    {
        using var silent = await SilentEndpoint.CreateAsync();

        var connecting = ConnectAsync(silent.Address, silent.Address);
        await _clock.ArmedAsync(due => due == ConnectionRace.AttemptDelay);
        _clock.Advance(ConnectionRace.AttemptDelay);
        await _clock.ArmedAsync(due => due == Timeout - ConnectionRace.AttemptDelay);
        _clock.Advance(Timeout - ConnectionRace.AttemptDelay);

        Assert.Equal(new ConnectResult(null, ConnectionOutcome.ConnectTimeout), await connecting.WithinLimit());
    }

    [Fact]
    public async Task Connect_TimeIsOverBeforeTheNextAddress_TimesOut()
    {
        using var silent = await SilentEndpoint.CreateAsync();
        using var upstream = new ScriptedUpstream();

        var connecting = ConnectAsync(TimeSpan.FromMilliseconds(100), CancellationToken.None, silent.Address, upstream.Address);
        await _clock.ArmedAsync(due => due == ConnectionRace.AttemptDelay);
        _clock.Advance(TimeSpan.FromMilliseconds(100));

        Assert.Equal(new ConnectResult(null, ConnectionOutcome.ConnectTimeout), await connecting.WithinLimit());
        Assert.False(upstream.HasConnection);
    }

    [Fact]
    public async Task Connect_EveryAddressRefuses_Fails()
    {
        using var refusing = new RefusingEndpoint();

        Assert.Equal(new ConnectResult(null, ConnectionOutcome.ConnectFailed), await ConnectAsync(refusing.Address, refusing.Address).WithinLimit());
    }

    [Fact]
    public async Task Connect_Cancelled_IsDrained()
    {
        using var silent = await SilentEndpoint.CreateAsync();
        using var drain = new CancellationTokenSource();

        var connecting = ConnectAsync(Timeout, drain.Token, silent.Address, silent.Address);
        await _clock.ArmedAsync(due => due == ConnectionRace.AttemptDelay);
        await drain.CancelAsync();

        Assert.Equal(new ConnectResult(null, ConnectionOutcome.Drained), await connecting.WithinLimit());
    }

    private Task<ConnectResult> ConnectAsync(params EndPoint[] addresses) => ConnectAsync(Timeout, CancellationToken.None, addresses);

    private Task<ConnectResult> ConnectAsync(TimeSpan timeout, CancellationToken cancellationToken, params EndPoint[] addresses)
    {
        var config = new EndpointConfig { Address = addresses[0], FurtherAddresses = [.. addresses[1..]] };
        return new UpstreamConnector(_clock).ConnectAsync(new UpstreamEndpoint(config, new LocalityEndpoints(), new EndpointState()), timeout, cancellationToken).AsTask();
    }
}
