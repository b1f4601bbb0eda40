using Zoneway.TwoZones.Client;

namespace Zoneway.TwoZones.Script;

/// <summary>Checks whether a client comes through to a service, and that it does not where it must not.</summary>
internal sealed class Reachability(TimeProvider time)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>Tries until a first connection comes through: a route takes a moment from the resource file to the last proxy.</summary>
    /// <exception cref="CheckFailedException">None came through in time.</exception>
    public async Task WaitAsync(MeshClient client, CancellationToken cancellation)
    {
        var begin = time.GetTimestamp();
        using var poll = new PeriodicTimer(Interval, time);
        while (await FindFailureAsync(client, cancellation) is { } failure)
        {
            if (time.GetElapsedTime(begin) > Limit)
            {
                throw new CheckFailedException($"{client.Service} was not reachable within {Limit.TotalSeconds} s: {failure}");
            }

            await poll.WaitForNextTickAsync(cancellation);
        }
    }

    /// <summary>Checks that a client is turned away.</summary>
    /// <returns>What it saw.</returns>
    /// <exception cref="CheckFailedException">It was served.</exception>
    public static async Task<string> CheckRefusedAsync(MeshClient client, CancellationToken cancellation) =>
        await FindFailureAsync(client, cancellation) ?? throw new CheckFailedException($"{client.Service} served a client that it must refuse");

    private static async Task<string?> FindFailureAsync(MeshClient client, CancellationToken cancellation)
    {
        try
        {
            await using var connection = await client.ConnectAsync(cancellation);
            return null;
        }
        catch (ClientException exception)
        {
            return exception.Message;
        }
    }
}
