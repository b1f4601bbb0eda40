using System.Runtime.Versioning;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Zoneway.SniRouter.Engine;
using Zoneway.SniRouter.Telemetry;
using Zoneway.SniRouter.Tests.Proxying;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.Engine;

/// <summary>What the loops allocate: nothing per message, next to nothing per connection.</summary>
[SupportedOSPlatform("linux")]
public sealed class AllocationTests
{
    // What asking the loops costs, and a table or a buffer that grows once.
    private const long Slack = 16 * 1024;

    private static readonly byte[] Hello = ClientHelloBuilder.Typical(ProxyConfigs.ServerName).Build();

    [Fact]
    public async Task Message_AllocatesNothing()
    {
        const int Messages = 2000;
        await using var upstream = new EchoUpstream();
        await using var proxy = await ProxyUnderTest.StartAsync(PathUnderTest.Engine, logLevel: LogLevel.Information);
        await proxy.ApplyAsync(ProxyConfigs.RouteTo(upstream.Address));
        using var client = await proxy.ConnectAsync(Hello);
        await client.ReceiveAsync(Hello.Length);
        await ExchangeAsync(client, messages: 100);

        var before = await AllocatedAsync(proxy);
        await ExchangeAsync(client, Messages);
        var allocated = await AllocatedAsync(proxy) - before;

        Assert.InRange(allocated, 0, Slack);
    }

    [Fact]
    public async Task Connection_AllocatesNextToNothing()
    {
        const int Connections = 500;
        const long BytesPerConnection = 300;
        await using var upstream = new EchoUpstream();
        await using var proxy = await ProxyUnderTest.StartAsync(PathUnderTest.Engine, logLevel: LogLevel.Information);
        await proxy.ApplyAsync(ProxyConfigs.RouteTo(upstream.Address));
        await ConnectAsync(proxy, 100);

        var before = await AllocatedAsync(proxy);
        await ConnectAsync(proxy, Connections);
        var allocated = await AllocatedAsync(proxy) - before;

        Assert.InRange(allocated, 0, (Connections * BytesPerConnection) + Slack);
        Assert.Equal(100 + Connections, proxy.Count(ConnectionOutcome.Completed));
    }

    private static async Task ExchangeAsync(TcpPeer client, int messages)
    {
        for (var i = 0; i < messages; i++)
        {
            await client.SendAsync("ping");
            await client.ReceiveAsync("ping".Length);
        }
    }

    private static async Task ConnectAsync(ProxyUnderTest proxy, int connections)
    {
        for (var i = 0; i < connections; i++)
        {
            using var client = await proxy.ConnectAsync(Hello);
            await client.ReceiveAsync(Hello.Length);
            client.FinishSending();
            await client.EndAsync();
        }

        await proxy.Tracker.WaitUntilNoneAsync(CancellationToken.None).WithinLimit();
    }

    private static async Task<long> AllocatedAsync(ProxyUnderTest proxy)
    {
        long sum = 0;
        foreach (var loop in proxy.Services.GetRequiredService<EngineContext>().Loops)
        {
            var asked = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
            loop.Post(() => asked.SetResult(GC.GetAllocatedBytesForCurrentThread()));
            sum += await asked.Task.WithinLimit();
        }

        return sum;
    }
}
