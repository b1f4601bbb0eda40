namespace Zoneway.LoadTest.Egress.Load;

/// <summary>A message and its echo. It is sent while the echo is read, as no one on the way keeps a long one whole.</summary>
internal sealed class EchoExchange(int messageBytes) : IExchange
{
    private const int ShortMessage = 4096;

    private readonly byte[] _message = [.. Enumerable.Range(0, messageBytes).Select(i => (byte)(i * 31))];
    private readonly byte[] _echo = new byte[messageBytes];

    /// <inheritdoc/>
    public long PayloadBytes => 2L * messageBytes;

    /// <inheritdoc/>
    public ValueTask BeginAsync(Stream stream, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask ExchangeAsync(Stream stream, CancellationToken cancellationToken)
    {
        if (messageBytes <= ShortMessage)
        {
            await stream.WriteAsync(_message, cancellationToken);
            await stream.ReadExactlyAsync(_echo, cancellationToken);
        }
        else
        {
            var sending = stream.WriteAsync(_message, cancellationToken).AsTask();
            await Task.WhenAll(sending, stream.ReadExactlyAsync(_echo, cancellationToken).AsTask());
        }

        if (!_echo.AsSpan().SequenceEqual(_message))
        {
            throw new WrongAnswerException("other bytes than those sent");
        }
    }
}
