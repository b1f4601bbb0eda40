using Zoneway.SniRouter.Telemetry;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.Proxying;

/// <summary>The end of one direction is passed on at once, behind the last byte, and leaves the other direction running.</summary>
public abstract class HalfCloseTests(PathUnderTest path)
{
    private const int Megabytes = 8 * 1024 * 1024;

    [Fact]
    public async Task ClientFinishes_EndpointStillSends_EveryByteArrives()
    {
        await using var streams = await SplicedStreams.OpenAsync(path);

        streams.Client.FinishSending();
        Assert.Equal(TcpEnd.Finished, await streams.Server.EndAsync());
        await ExpectTransferAsync(from: streams.Server, to: streams.Client);
        streams.Server.FinishSending();

        Assert.Equal(TcpEnd.Finished, await streams.Client.EndAsync());
        await streams.Proxy.ExpectAsync(ConnectionOutcome.Completed);
    }

    [Fact]
    public async Task EndpointFinishes_ClientStillSends_EveryByteArrives()
    {
        await using var streams = await SplicedStreams.OpenAsync(path);

        streams.Server.FinishSending();
        Assert.Equal(TcpEnd.Finished, await streams.Client.EndAsync());
        await ExpectTransferAsync(from: streams.Client, to: streams.Server);
        streams.Client.FinishSending();

        Assert.Equal(TcpEnd.Finished, await streams.Server.EndAsync());
        await streams.Proxy.ExpectAsync(ConnectionOutcome.Completed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SenderFinishesBehindMegabytes_ReaderComesLate_TheEndOvertakesNothing(bool clientSends)
    {
        await using var streams = await SplicedStreams.OpenAsync(path);
        var (sender, reader) = clientSends ? (streams.Client, streams.Server) : (streams.Server, streams.Client);
        var transfer = new BulkTransfer(Megabytes);

        var sending = SendAndFinishAsync();
        await transfer.StalledAsync();
        byte[] received = await new BulkTransfer(Megabytes).ReceiveAsync(reader);

        Assert.Equal(await sending, received);
        Assert.Equal(TcpEnd.Finished, await reader.EndAsync());
        reader.FinishSending();
        await streams.Proxy.ExpectAsync(ConnectionOutcome.Completed);

        async Task<byte[]> SendAndFinishAsync()
        {
            byte[] hash = await transfer.SendAsync(sender);
            sender.FinishSending();
            return hash;
        }
    }

    [Fact]
    public async Task ClientFinishesRightBehindTheHello_EndpointAnswers_AnswerArrives()
    {
        using var upstream = new ScriptedUpstream();
        await using var proxy = await ProxyUnderTest.StartAsync(path);
        await proxy.ApplyAsync(ProxyConfigs.RouteTo(upstream.Address));

        using var client = await proxy.ConnectAsync(SplicedStreams.Hello);
        client.FinishSending();
        using var server = await upstream.AcceptAsync();
        var (received, end) = await server.ReceiveToEndAsync();
        await server.SendAsync("answer");
        server.FinishSending();

        Assert.Equal(SplicedStreams.Hello, received);
        Assert.Equal(TcpEnd.Finished, end);
        Assert.Equal("answer", await client.ReceiveTextAsync(6));
        Assert.Equal(TcpEnd.Finished, await client.EndAsync());
        await proxy.ExpectAsync(ConnectionOutcome.Completed);
    }

    [Fact]
    public async Task BothFinishAtOnce_ConnectionCompletes()
    {
        await using var streams = await SplicedStreams.OpenAsync(path);

        streams.Server.FinishSending();
        streams.Client.FinishSending();

        Assert.Equal(TcpEnd.Finished, await streams.Client.EndAsync());
        Assert.Equal(TcpEnd.Finished, await streams.Server.EndAsync());
        await streams.Proxy.ExpectAsync(ConnectionOutcome.Completed);
    }

    private static async Task ExpectTransferAsync(TcpPeer from, TcpPeer to)
    {
        var sending = new BulkTransfer(Megabytes).SendAsync(from);
        byte[] received = await new BulkTransfer(Megabytes).ReceiveAsync(to);
        Assert.Equal(await sending, received);
    }
}
