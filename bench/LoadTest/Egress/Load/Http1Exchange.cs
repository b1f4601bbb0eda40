using System.Text;
using Zoneway.LoadTest.Egress.Backend;

namespace Zoneway.LoadTest.Egress.Load;

/// <summary>A small GET and its answer over HTTP/1.1.</summary>
internal sealed class Http1Exchange : IExchange
{
    private static readonly byte[] Request = Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: {EgressService.ServerName}\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n");

    private readonly byte[] _buffer = new byte[8192];

    /// <inheritdoc/>
    public long PayloadBytes => BenchAnswer.BodyBytes;

    /// <inheritdoc/>
    public ValueTask BeginAsync(Stream stream, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask ExchangeAsync(Stream stream, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(Request, cancellationToken);
        for (var filled = 0; ;)
        {
            var count = await stream.ReadAsync(_buffer.AsMemory(filled), cancellationToken);
            filled += count > 0 ? count : throw new IOException("the connection ended before the answer");
            if (IsWhole(_buffer.AsSpan(0, filled)))
            {
                return;
            }
        }
    }

    private static bool IsWhole(ReadOnlySpan<byte> received)
    {
        switch (Http1Response.TryRead(received, out var response))
        {
            case Http1Progress.Incomplete:
                return false;
            case Http1Progress.Complete when response.Status == 200 && response.Length == received.Length && response.Body.SequenceEqual(BenchAnswer.Body):
                return true;
            default:
                throw new WrongAnswerException($"answered {Encoding.ASCII.GetString(received[..Math.Min(received.Length, 120)])}");
        }
    }
}
