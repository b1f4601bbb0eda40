using System.Collections.Immutable;

namespace Zoneway.TwoZones.Client;

/// <summary>The requests that go on during the whole script, one client for each service.</summary>
internal sealed class BackgroundTraffic(TimeProvider time)
{
    private readonly Lock _gate = new();

    // Replaced under the lock; read without it.
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
        lock (_gate)
        {
            _clients = _clients.Add(traffic);
        }

        return traffic;
    }

    /// <summary>Says that requests begun until now may fail, because what they may have been going through was taken away.</summary>
    public void ExcuseRequestsUnderWay() => _excusedUntil = time.GetTimestamp();

    /// <summary>The requests that have failed and were not excused, in words: how many, and the first of them; null when there are none.</summary>
    public string? FindFailures()
    {
        var failures = Clients
            .SelectMany(static client => client.Log.Failures(), static (client, request) => (client.Service, Request: request))
            .Where(failure => failure.Request.StartedAt > _excusedUntil)
            .ToList();
        return failures.Count == 0 ? null : $"{failures.Count} of {Requests} requests failed, the first to {failures[0].Service}: {failures[0].Request.Failure}";
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
