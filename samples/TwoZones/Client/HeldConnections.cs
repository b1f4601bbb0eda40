using System.Collections.Immutable;

namespace Zoneway.TwoZones.Client;

/// <summary>Long-lived connections, one through each zone's ingress.</summary>
internal sealed class HeldConnections(TimeProvider time)
{
    // A weighted choice reaches every zone within one cycle; this is many.
    private const int MaxAttempts = 50;

    private readonly HashSet<string> _released = [];

    // Written by the script only; read by the display besides.
    private volatile ImmutableList<HeldConnection> _connections = [];

    /// <summary>Bytes that came back as they were sent, over all connections.</summary>
    public long VerifiedBytes => _connections.Sum(static connection => connection.VerifiedBytes);

    /// <summary>Opens connections until there is one into each zone; further ones are closed.</summary>
    /// <exception cref="CheckFailedException">Not every zone can be reached.</exception>
    public async Task OpenAsync(MeshClient client, IReadOnlyCollection<string> zones, CancellationToken cancellation)
    {
        for (var attempt = 0; attempt < MaxAttempts && !zones.All(HasZone); attempt++)
        {
            var connection = await ConnectAsync(client, cancellation);
            if (HasZone(connection.Instance.Zone))
            {
                await connection.DisposeAsync();
            }
            else
            {
                _connections = _connections.Add(new HeldConnection(connection, time));
            }
        }

        if (!zones.All(HasZone))
        {
            throw new CheckFailedException($"{MaxAttempts} connections led to {string.Join(" and ", _connections.Select(static held => held.Instance.Zone))} only");
        }
    }

    /// <summary>Says that the connection through a zone may end from now on.</summary>
    public void Release(string zone) => _released.Add(zone);

    /// <summary>Checks that bytes flow through every connection that was not released.</summary>
    /// <exception cref="CheckFailedException">One has ended or stands still.</exception>
    public Task CheckAsync(CancellationToken cancellation) => Task.WhenAll(
        _connections.Where(connection => !_released.Contains(connection.Instance.Zone)).Select(connection => connection.CheckAsync(cancellation)));

    /// <summary>What each connection has carried, in words.</summary>
    public string Describe() => string.Join(", ", _connections.OrderBy(static connection => connection.Instance.Zone).Select(Describe));

    /// <summary>Closes all connections. What was counted stays.</summary>
    public async Task StopAsync()
    {
        foreach (var connection in _connections)
        {
            await connection.DisposeAsync();
        }
    }

    private static string Describe(HeldConnection connection) =>
        $"{connection.VerifiedBytes / 1024:N0} KiB to and from {connection.Instance} verified{(connection.Failure is null ? "" : " until it ended")}";

    private bool HasZone(string zone) => _connections.Exists(connection => connection.Instance.Zone == zone);

    private static async Task<BackendConnection> ConnectAsync(MeshClient client, CancellationToken cancellation)
    {
        try
        {
            return await client.ConnectAsync(cancellation);
        }
        catch (ClientException exception)
        {
            throw new CheckFailedException($"a long-lived connection could not be opened: {exception.Message}");
        }
    }
}
