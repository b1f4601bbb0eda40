namespace Zoneway.LoadTest.Egress.Load;

/// <summary>What a client does on a connection, over and over. One for each connection.</summary>
internal interface IExchange
{
    /// <summary>Bytes of payload that pass the proxy in one exchange, both directions together.</summary>
    long PayloadBytes { get; }

    /// <summary>What has to be sent once.</summary>
    ValueTask BeginAsync(Stream stream, CancellationToken cancellationToken);

    /// <summary>Sends, waits for the answer, and compares it.</summary>
    /// <exception cref="WrongAnswerException">The answer is not the one that the back end gives.</exception>
    /// <exception cref="IOException">The connection has ended.</exception>
    ValueTask ExchangeAsync(Stream stream, CancellationToken cancellationToken);
}

/// <summary>An answer that is not the one that the back end gives.</summary>
internal sealed class WrongAnswerException(string message) : Exception(message);
