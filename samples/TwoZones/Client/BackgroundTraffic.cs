using System.Collections.Immutable;

namespace Zoneway.TwoZones.Client;

/// <summary>The requests that go on during the whole script, one client for each service.</summary>
internal sealed class BackgroundTraffic(TimeProvider time)
{
    // Written by the script only; read by the display besides.
    private volatile ImmutableList<TrafficClient> _clients = [];
    private long _excusedUntil = long.MinValue;

    /// <summary>The clients, in the order in which they were started.</summary>
    public ImmutableList<TrafficClient> Clients => _clients;

    /// <summary>Requests of all clients.</summary>
    public int Requests => Clients.Sum(static client => client.Log.Count);

    /// <summary>Failed requests of all clients.</summary>
    public int Failed => Clients.Sum(static client => client.Log.Failures().Count);

    /// <summary>Begins to send requests to the client's service.</summary>
    public TrafficClient Start(MeshClient client)
    {
        var traffic = new TrafficClient(client, time);
        _clients = _clients.Add(traffic);
        return traffic;
    }

    /// <summary>Says that requests begun until now may fail, because what they may have been going through was taken away.</summary>
    public void ExcuseRequestsUnderWay() => _excusedUntil = time.GetTimestamp();

    /// <summary>Checks that no request has failed but those that were excused.</summary>
    /// <exception cref="CheckFailedException">Some have; it says how many and the first of them.</exception>
    public void CheckNoneFailed()
    {
        var failures = Clients
            .SelectMany(static client => client.Log.Failures(), static (client, request) => (client.Service, Request: request))
            .Where(failure => failure.Request.StartedAt > _excusedUntil)
            .ToList();
        if (failures.Count > 0)
        {
            throw new CheckFailedException($"{failures.Count} of {Requests} requests failed, the first to {failures[0].Service}: {failures[0].Request.Failure}");
        }
    }

    /// <summary>Ends all clients. What was counted stays.</summary>
    public async Task StopAsync()
    {
        foreach (var client in Clients)
        {
            await client.DisposeAsync();
        }
    }
}
