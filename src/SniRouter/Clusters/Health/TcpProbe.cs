using System.Collections.Immutable;

namespace Zoneway.SniRouter.Clusters.Health;

/// <summary>Connects, and sends and expects bytes where such are given. Every check opens a connection of its own: accepting it is what is asked.</summary>
internal sealed class TcpProbe(ReadOnlyMemory<byte> send, ImmutableArray<ReadOnlyMemory<byte>> receive, HealthCheckDialer dialer) : HealthProbe
{
    // An answer that is longer is none.
    private const int MaxAnswerBytes = 64 * 1024;

    public override async ValueTask<HealthCheckResult> CheckAsync(CancellationToken cancellationToken)
    {
        await using var stream = await dialer.ConnectAsync(null, cancellationToken);
        if (!send.IsEmpty)
        {
            await stream.WriteAsync(send, cancellationToken);
        }

        return receive.IsEmpty || await ReceiveAsync(stream, cancellationToken) ? HealthCheckResult.Passed : HealthCheckResult.Unreachable("the answer does not have what is expected");
    }

    private async ValueTask<bool> ReceiveAsync(Stream stream, CancellationToken cancellationToken)
    {
        var buffer = new byte[MaxAnswerBytes];
        var length = 0;
        while (!HasAll(buffer.AsSpan(0, length)))
        {
            var read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken);
            if (read == 0)
            {
                return false;
            }

            length += read;
        }

        return true;
    }

    /// <summary>Whether all parts are there, in their order, with anything in between (Envoy's "fuzzy" match).</summary>
    private bool HasAll(ReadOnlySpan<byte> answer)
    {
        foreach (var part in receive)
        {
            var at = answer.IndexOf(part.Span);
            if (at < 0)
            {
                return false;
            }

            answer = answer[(at + part.Length)..];
        }

        return true;
    }
}
