using System.Runtime.CompilerServices;

namespace Zoneway.Xds.Grpc;

/// <summary>The messages a peer sends, one after the other. One reader at a time.</summary>
internal interface IAsyncStreamReader<out T>
{
    /// <summary>The message of the last <see cref="MoveNext"/> that returned true.</summary>
    T Current { get; }

    /// <summary>
    /// Waits for the next message. False when the peer has ended its stream in good order, on a client: with status OK.
    /// Cancelling the token ends the whole call.
    /// </summary>
    /// <exception cref="RpcException">The call ended with another status.</exception>
    Task<bool> MoveNext(CancellationToken cancellationToken);
}

/// <summary>Enumeration of a stream of messages.</summary>
internal static class AsyncStreamReaderExtensions
{
    /// <summary>All messages until the end; throws as <see cref="IAsyncStreamReader{T}.MoveNext"/> does.</summary>
    public static async IAsyncEnumerable<T> ReadAllAsync<T>(
        this IAsyncStreamReader<T> reader,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (await reader.MoveNext(cancellationToken))
        {
            yield return reader.Current;
        }
    }
}
