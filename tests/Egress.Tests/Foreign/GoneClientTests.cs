using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Zoneway.Egress.Tests.EndToEnd;
using Zoneway.TestUtilities;

namespace Zoneway.Egress.Tests.Foreign;

/// <summary>Clients that leave without a word while their request is being answered: the service is told, and nobody who reads the log is alarmed.</summary>
public abstract class GoneClientTests(string path) : IAsyncLifetime
{
    private const string Name = "gone.test";

    private static readonly string[] Requests =
    [
        "GET /silent HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /endless HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /silent HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
        "POST /silent HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nabc",
        "POST /silent HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
    ];

    // Paths of requests that have come to the service, and of those it was told to give up.
    private readonly Channel<string> _began = Channel.CreateUnbounded<string>();
    private readonly Channel<string> _gone = Channel.CreateUnbounded<string>();
    private TestUpstream _upstream = null!;
    private ForeignEgress _egress = null!;

    public async Task InitializeAsync()
    {
        _upstream = await TestUpstream.StartAsync(ServeAsync);
        _egress = await ForeignEgress.StartAsync(path, xds => xds.AddHttp(Name, _upstream.Address.Port));
    }

    public async Task DisposeAsync()
    {
        await _egress.DisposeAsync();
        await _upstream.DisposeAsync();
    }

    [Fact]
    public async Task Clients_ThatResetTheirConnections_EndTheirRequests()
    {
        foreach (var request in Requests)
        {
            await using var client = await RawTlsClient.ConnectAsync(_egress, Name);
            await client.SendAsync(request);
            await _began.Reader.ReadAsync().AsTask().WithinLimit();

            client.Reset();

            await _gone.Reader.ReadAsync().AsTask().WithinLimit();
        }

        await _egress.StopAsync();
        Assert.DoesNotContain("fail: ", _egress.Output, StringComparison.Ordinal);
    }

    private async Task ServeAsync(HttpContext context)
    {
        _began.Writer.TryWrite(context.Request.Path);
        try
        {
            var part = new byte[1024];
            while (context.Request.Path == "/endless")
            {
                await context.Response.Body.WriteAsync(part, context.RequestAborted);
            }

            // Until the client has gone, which is what the test is about.
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            _gone.Writer.TryWrite(context.Request.Path);
        }
    }
}

public sealed class PortableGoneClientTests() : GoneClientTests("portable");

public sealed class EngineGoneClientTests() : GoneClientTests("engine");
