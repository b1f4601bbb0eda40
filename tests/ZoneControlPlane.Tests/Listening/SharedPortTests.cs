using System.Net;
using System.Net.Sockets;
using System.Text;
using Zoneway.TestUtilities;
using Zoneway.ZoneControlPlane.Tests.Support;

namespace Zoneway.ZoneControlPlane.Tests.Listening;

public sealed class SharedPortTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 0)]
    public async Task Get_EitherVersion_IsServedOnTheOnePort(int major, int minor)
    {
        await using var controlPlane = await RunningControlPlane.StartAsync("");
        using var client = new HttpClient { DefaultRequestVersion = new Version(major, minor), DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };

        using var response = await client.GetAsync(new Uri(controlPlane.Address, "/ready"), TestLimits.Token);

        Assert.Equal((HttpStatusCode.OK, "READY"), (response.StatusCode, await response.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task Get_InSingleBytes_IsServed()
    {
        await using var controlPlane = await RunningControlPlane.StartAsync("");
        using var socket = await ConnectAsync(controlPlane);
        foreach (var letter in "PRIVATE /ready HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        {
            await socket.SendAsync(new[] { (byte)letter }, TestLimits.Token);
        }

        Assert.StartsWith("HTTP/1.1 404", await ReadToEndAsync(socket), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connection_ThatSaysNothing_IsClosedAfterFiveSeconds()
    {
        var clock = new ManualTimeProvider();
        await using var controlPlane = await RunningControlPlane.StartAsync("", time: clock);
        using var socket = await ConnectAsync(controlPlane);
        await socket.SendAsync("PRI * HT"u8.ToArray(), TestLimits.Token);
        await clock.ArmedAsync(static due => due == TimeSpan.FromSeconds(5));

        clock.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal("", await ReadToEndAsync(socket));
    }

    [Fact]
    public async Task Connection_ThatEndsEarly_HarmsNobody()
    {
        await using var controlPlane = await RunningControlPlane.StartAsync("");
        for (var round = 0; round < 20; round++)
        {
            using var socket = await ConnectAsync(controlPlane);
            await socket.SendAsync("PRI"u8.ToArray(), TestLimits.Token);
            socket.Close(round % 2);
        }

        using var client = new HttpClient();
        Assert.Equal("READY", await client.GetStringAsync(new Uri(controlPlane.Address, "/ready"), TestLimits.Token));
    }

    private static async Task<Socket> ConnectAsync(RunningControlPlane controlPlane)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, controlPlane.Address.Port, TestLimits.Token);
        return socket;
    }

    private static async Task<string> ReadToEndAsync(Socket socket)
    {
        var text = new StringBuilder();
        var buffer = new byte[1024];
        try
        {
            while (await socket.ReceiveAsync(buffer, TestLimits.Token) is > 0 and var count)
            {
                text.Append(Encoding.ASCII.GetString(buffer, 0, count));
            }
        }
        catch (SocketException)
        {
            // Closed with a reset: there is no more to read.
        }

        return text.ToString();
    }
}
