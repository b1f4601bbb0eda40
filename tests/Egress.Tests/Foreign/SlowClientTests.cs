namespace Zoneway.Egress.Tests.Foreign;

/// <summary>Clients that begin something and never finish it.</summary>
public abstract class SlowClientTests(string path) : IAsyncLifetime
{
    private const string Name = "slow.test";

    private static readonly string[] Settings = ["streamIdleTimeout: 1s", "requestHeadersTimeout: 1s", "commonHttpProtocolOptions: {idleTimeout: 1s}"];

    // The program's own limit for headers is 30 s.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private ForeignEgress _egress = null!;

    private RecordingUpstream Upstream { get; } = new();

    public async Task InitializeAsync() => _egress = await ForeignEgress.StartAsync(
        path, xds => xds.AddHttp(Name, Upstream.Port, settings: Settings));

    public async Task DisposeAsync()
    {
        await _egress.DisposeAsync();
        Upstream.Dispose();
    }

    [Fact]
    public async Task Headers_ThatNeverEnd_EndTheConnection()
    {
        await using var http1 = await RawTlsClient.ConnectAsync(_egress, Name);
        await using var http2 = await RawTlsClient.ConnectAsync(_egress, Name);
        await http1.SendAsync("GET / HTTP/1.1\r\nHost: a\r\nX: ");
        // The preface, SETTINGS, and HEADERS of stream 1 without END_HEADERS: three fields of the static table (RFC 7541, appendix A).
        await http2.SendAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        await http2.SendAsync(new byte[] { 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 3, 1, 1, 0, 0, 0, 1, 0x82, 0x84, 0x87 });

        await Task.WhenAll(http1.EndedAsync(Patience), http2.EndedAsync(Patience));

        Assert.Equal("", Upstream.Received);
    }

    [Fact]
    public async Task Body_ThatNeverEnds_EndsTheExchange()
    {
        await using var client = await RawTlsClient.ConnectAsync(_egress, Name);

        await client.SendAsync("POST /wait HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nx");

        await client.EndedAsync(Patience);
    }

    [Fact]
    public async Task Connection_WithoutARequest_Ends()
    {
        await using var client = await RawTlsClient.ConnectAsync(_egress, Name);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200", await client.ReceiveUntilAsync("ok"), StringComparison.Ordinal);

        await client.EndedAsync(Patience);
    }
}

public sealed class PortableSlowClientTests() : SlowClientTests("portable");

public sealed class EngineSlowClientTests() : SlowClientTests("engine");
