using System.Net.Security;
using System.Text;

namespace Zoneway.TwoZones.Client;

/// <summary>An open connection to an instance. Not safe for concurrent use.</summary>
internal sealed class BackendConnection : IAsyncDisposable
{
    private static readonly TimeSpan EchoTimeout = TimeSpan.FromSeconds(5);

    private readonly SslStream _tls;

    private BackendConnection(SslStream tls, Instance instance) => (_tls, Instance) = (tls, instance);

    /// <summary>Who is at the other end, in its own words.</summary>
    public Instance Instance { get; }

    /// <summary>Reads the greeting, which a back end sends only when it has accepted the client's certificate.</summary>
    public static async Task<BackendConnection> OpenAsync(SslStream tls, CancellationToken cancellation)
    {
        var greeting = await ReadLineAsync(tls, cancellation);
        return Instance.TryParseGreeting(greeting, out var instance)
            ? new BackendConnection(tls, instance)
            : throw new InvalidDataException($"\"{greeting}\" is not a greeting");
    }

    /// <summary>Sends bytes and checks that the same come back.</summary>
    /// <exception cref="ClientException">They do not, or not in time.</exception>
    public async Task EchoAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        using var limit = new ClientTimeout(EchoTimeout, cancellation);
        var answer = new byte[bytes.Length];
        try
        {
            await _tls.WriteAsync(bytes, limit.Token);
            await _tls.ReadExactlyAsync(answer, limit.Token);
            if (!answer.AsSpan().SequenceEqual(bytes.Span))
            {
                throw new InvalidDataException($"{Instance} sent other bytes than it had got");
            }
        }
        catch (Exception exception) when (ClientException.IsExpected(exception))
        {
            throw limit.Explain(exception, $"echo of {Instance}");
        }
    }

    public ValueTask DisposeAsync() => _tls.DisposeAsync();

    private static async Task<string> ReadLineAsync(SslStream tls, CancellationToken cancellation)
    {
        var line = new byte[Instance.MaxGreetingBytes];
        for (var length = 0; length < line.Length; length++)
        {
            await tls.ReadExactlyAsync(line.AsMemory(length, 1), cancellation);
            if (line[length] == '\n')
            {
                return Encoding.UTF8.GetString(line, 0, length);
            }
        }

        throw new InvalidDataException($"the greeting is longer than {line.Length} bytes");
    }
}
