using Zoneway.Ingress.Tests.Settings;
using Zoneway.TestUtilities;

namespace Zoneway.Ingress.Tests.EndToEnd;

/// <summary>More clients than the process may have descriptors: what is open goes on, and what waits is served later.</summary>
public sealed class DescriptorExhaustionTests : IDisposable
{
    private const int Descriptors = 400;
    private const int Clients = 400;

    private static readonly byte[] Hello = ClientHelloBuilder.Typical("red{mesh=default}").Build();

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [ProgramFact("prlimit", "util-linux")]
    public async Task Run_OutOfDescriptors_OpenConnectionsGoOnAndLaterOnesAreServed()
    {
        await using var red = new EchoUpstream();
        string file = _directory.Write("xds.yaml", XdsFileText.Ingress(0, ("red", red.Address.Port)));
        await using var ingress = await ChildIngress.StartAsync(file, "prlimit", $"--nofile={Descriptors}");
        using var first = await OpenAsync(ingress);

        var crowd = new List<TcpPeer>();
        for (int i = 0; i < Clients; i++)
        {
            if (await TryConnectAsync(ingress) is { } client)
            {
                crowd.Add(client);
            }
        }

        await Eventually.TrueAsync(() => ingress.Output.Contains("Said once", StringComparison.Ordinal), what: "the log tells of the limit");
        await first.SendAsync("still there");
        Assert.Equal("still there", await first.ReceiveTextAsync(11));

        crowd.ForEach(client => client.Dispose());
        using var last = await OpenAsync(ingress);
        await last.SendAsync("served");
        Assert.Equal("served", await last.ReceiveTextAsync(6));
    }

    /// <summary>Opens a connection; one that is refused for want of room is tried again.</summary>
    private static async Task<TcpPeer> OpenAsync(ChildIngress ingress)
    {
        TcpPeer? open = null;
        await RunningProxy.UntilAsync(async () => (open = await TryOpenAsync(ingress)) is not null, "a connection is served");
        return open!;
    }

    private static async Task<TcpPeer?> TryOpenAsync(ChildIngress ingress)
    {
        var client = await TryConnectAsync(ingress);
        try
        {
            Assert.Equal(Hello, client is null ? null : await client.ReceiveAsync(Hello.Length));
            return client;
        }
        catch (Exception exception) when (exception is IOException or System.Net.Sockets.SocketException or Xunit.Sdk.EqualException)
        {
            client?.Dispose();
            return null;
        }
    }

    /// <summary>Connects and sends a hello; null when the proxy resets the connection at once.</summary>
    private static async Task<TcpPeer?> TryConnectAsync(ChildIngress ingress)
    {
        try
        {
            var client = await TcpPeer.ConnectAsync(ingress.Address);
            await client.SendAsync(Hello);
            return client;
        }
        catch (System.Net.Sockets.SocketException exception) when (exception.SocketErrorCode != System.Net.Sockets.SocketError.ConnectionRefused)
        {
            return null;
        }
    }
}
