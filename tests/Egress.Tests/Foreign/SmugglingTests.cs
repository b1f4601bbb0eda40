namespace Zoneway.Egress.Tests.Foreign;

/// <summary>Requests that two readers could take for two different ones (RFC 9112 §11.2): refused, the connection closed, nothing forwarded.</summary>
public abstract class SmugglingTests
{
    private readonly ForeignEgress _egress;
    private readonly RecordingUpstream _upstream;

    protected SmugglingTests(SharedEgress egress)
    {
        (_egress, _upstream) = (egress.Egress, egress.Recorder);
        _upstream.Clear();
    }

    public static TheoryData<string, string> Ambiguous => new()
    {
        { "content-length and transfer-encoding", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "transfer-encoding and content-length", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 40\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "chunked twice", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" },
        { "chunked, chunked", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n" },
        { "chunked is not last", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" },
        { "unknown transfer-encoding", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" },
        { "two content-lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 39\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "content-length as a list", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0, 39\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "content-length below zero", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n" },
        { "content-length beyond 64 bits", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551618\r\n\r\nab" },
        { "two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" },
        { "no host", "GET / HTTP/1.1\r\n\r\n" },
        { "host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n" },
        { "host beside another authority", "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "folded header", "GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n Transfer-Encoding: chunked\r\n\r\n" },
        { "space before the colon", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n" },
        { "space before the first header", "GET / HTTP/1.1\r\n Host: a\r\n\r\n" },
        { "no colon", "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding\r\n\r\n" },
        { "bare LF in headers", "POST / HTTP/1.1\r\nHost: a\r\nX: 1\nContent-Length: 2\r\n\r\nab" },
        { "bare LF after the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n" },
        { "bare CR in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: 1\rTransfer-Encoding: chunked\r\n\r\n" },
        { "NUL in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: 1\02\r\n\r\n" },
        { "two spaces in the request line", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "space in the path", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "unknown version", "GET / HTTP/1.2\r\nHost: a\r\n\r\n" },
        { "version in lower case", "GET / http/1.1\r\nHost: a\r\n\r\n" },
        { "empty header name", "GET / HTTP/1.1\r\nHost: a\r\n: 1\r\n\r\n" },
    };

    public static TheoryData<string, string> BrokenChunks => new()
    {
        { "chunk size is no number", "xyz\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "chunk size is below zero", "-1\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "chunk size beyond 64 bits", "10000000000000002\r\nab\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "chunk is longer than it says", "2\r\nabcd\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "chunk size in 0x form", "0x2\r\nab\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "bare LF after the chunk size", "2\nab\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "bare LF after the chunk", "2\r\nab\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "bare LF within a chunk extension", "2;x\nab\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n" },
    };

    [Theory]
    [MemberData(nameof(Ambiguous))]
    public async Task AmbiguousHead_IsRefusedAndNothingForwarded(string what, string request)
    {
        await using var client = await RawTlsClient.ConnectAsync(_egress, SharedEgress.Recorded);

        await client.SendAsync(request);
        var answer = await client.ReceiveUntilAsync("HTTP/1.1 2");

        Assert.True(IsRefusal(answer), $"{what} was answered with: {answer}\nand forwarded as: {_upstream.Received}");
        Assert.True(_upstream.Received.Length == 0, $"{what} was forwarded as: {_upstream.Received}");
    }

    [Theory]
    [MemberData(nameof(BrokenChunks))]
    public async Task BrokenChunk_TheConnectionEndsAndNoSecondRequestIsFound(string what, string body)
    {
        await using var client = await RawTlsClient.ConnectAsync(_egress, SharedEgress.Recorded);

        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + body);
        await client.ReceiveToEndAsync();

        Assert.False(_upstream.Received.Contains("/smuggled", StringComparison.Ordinal), $"{what} was forwarded as: {_upstream.Received}");
    }

    // RFC 9112 §6.1: it may be processed, but nothing after it.
    [Fact]
    public async Task TransferEncodingInHttp10_TheConnectionEndsAfterIt()
    {
        await using var client = await RawTlsClient.ConnectAsync(_egress, SharedEgress.Recorded);

        await client.SendAsync("POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
        await client.ReceiveToEndAsync();

        Assert.DoesNotContain("/smuggled", _upstream.Received, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TwoRequestsInOneSegment_AreTwoRequests()
    {
        await using var client = await RawTlsClient.ConnectAsync(_egress, SharedEgress.Recorded);

        await client.SendAsync("GET /one HTTP/1.1\r\nHost: a\r\n\r\nGET /two HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        var answer = await client.ReceiveToEndAsync();

        Assert.Equal(2, answer.Split("HTTP/1.1 200").Length - 1);
        Assert.Contains("GET /one HTTP/1.1\r\n", _upstream.Received, StringComparison.Ordinal);
        Assert.Contains("GET /two HTTP/1.1\r\n", _upstream.Received, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HeadersForOneHopOnly_AreNotForwarded()
    {
        await using var client = await RawTlsClient.ConnectAsync(_egress, SharedEgress.Recorded);

        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nKeep-Alive: 5\r\nTE: gzip\r\nProxy-Connection: x\r\nX-Stays: 1\r\n\r\n");
        await client.ReceiveToEndAsync();

        Assert.Contains("X-Stays: 1", _upstream.Received, StringComparison.OrdinalIgnoreCase);
        foreach (var name in new[] { "Keep-Alive:", "TE:", "Proxy-Connection:" })
        {
            Assert.DoesNotContain("\n" + name, _upstream.Received, StringComparison.OrdinalIgnoreCase);
        }
    }

    // Kestrel takes it. What keeps it harmless: it goes on as a number that everybody reads alike.
    [Fact]
    public async Task ContentLengthWithASign_IsForwardedWithoutIt()
    {
        await using var client = await RawTlsClient.ConnectAsync(_egress, SharedEgress.Recorded);

        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +2\r\n\r\nab");
        await client.ReceiveUntilAsync("HTTP/1.1 ");

        Assert.DoesNotContain("+2", _upstream.Received, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HeadersThatConnectionNames_AreNotForwarded()
    {
        await using var client = await RawTlsClient.ConnectAsync(_egress, SharedEgress.Recorded);

        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\nConnection: X-Hop\r\nX-Hop: 1\r\n\r\n");
        await client.ReceiveUntilAsync("HTTP/1.1 ");

        Assert.DoesNotContain("X-Hop:", _upstream.Received, StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsRefusal(string answer)
    {
        var isOne = answer.Split("HTTP/1.1 ").Length == 2;
        return isOne && (answer.StartsWith("HTTP/1.1 400 ", StringComparison.Ordinal) || answer.StartsWith("HTTP/1.1 505 ", StringComparison.Ordinal));
    }
}

public sealed class PortableSmugglingTests(PortableEgress egress) : SmugglingTests(egress), IClassFixture<PortableEgress>;

public sealed class EngineSmugglingTests(EngineEgress egress) : SmugglingTests(egress), IClassFixture<EngineEgress>;
