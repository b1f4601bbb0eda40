using System.Net;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Telemetry;

namespace Zoneway.SniRouter.Proxying;

/// <summary>
/// Connects to an endpoint that has several addresses (RFC 8305 §5): one after the other, the next as soon as one has failed or has not answered for
/// <see cref="AttemptDelay"/>. The first connection counts, the others are given up. To everyone else it is one attempt.
/// </summary>
internal sealed class ConnectionRace(UpstreamConnector connector, TimeProvider time)
{
    /// <summary>Time that an address has for itself: RFC 8305 §8 recommends 250 ms.</summary>
    public static readonly TimeSpan AttemptDelay = TimeSpan.FromMilliseconds(250);

    /// <summary>Connects to one of the addresses.</summary>
    /// <returns>The connected socket, owned by the caller; or why the last address failed.</returns>
    public async ValueTask<ConnectResult> RunAsync(EndpointConfig endpoint, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var started = time.GetTimestamp();
        var running = new List<Task<ConnectResult>>();
        var result = new ConnectResult(null, ConnectionOutcome.ConnectTimeout);
        var count = 1 + endpoint.FurtherAddresses.Length;
        for (var next = 0; next < count || running.Count > 0;)
        {
            if (next < count)
            {
                var left = timeout - time.GetElapsedTime(started);
                if (next == 0 || left > TimeSpan.Zero)
                {
                    running.Add(connector.ConnectAsync(AddressAt(endpoint, next), left, over.Token).AsTask());
                }

                next++;
            }

            if (await FirstAsync(running, mayStartAnother: next < count) is not { } finished)
            {
                continue;
            }

            running.Remove(finished);
            result = await finished;
            if (result.Socket is not null || result.Failure == ConnectionOutcome.Drained)
            {
                break;
            }
        }

        await GiveUpAsync(running, over);
        return result;
    }

    private static EndPoint AddressAt(EndpointConfig endpoint, int index) => index == 0 ? endpoint.Address : endpoint.FurtherAddresses[index - 1];

    /// <summary>The first attempt to end; null when it is time for another one.</summary>
    private async ValueTask<Task<ConnectResult>?> FirstAsync(List<Task<ConnectResult>> running, bool mayStartAnother)
    {
        if (running.Count == 0)
        {
            return null;
        }

        var first = Task.WhenAny(running);
        if (!mayStartAnother)
        {
            return await first;
        }

        try
        {
            return await first.WaitAsync(AttemptDelay, time);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    private static async ValueTask GiveUpAsync(List<Task<ConnectResult>> running, CancellationTokenSource over)
    {
        await over.CancelAsync();
        foreach (var attempt in running)
        {
            // One may have connected in the last moment.
            (await attempt).Socket?.Dispose();
        }
    }
}
