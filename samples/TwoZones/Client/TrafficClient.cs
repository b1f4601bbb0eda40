using System.Security.Cryptography;

namespace Zoneway.TwoZones.Client;

/// <summary>
/// Sends requests to one service, one after the other, until disposed. Each is a connection of its own: handshake, greeting, echo. One at a
/// time, so that the order of the answers is the order in which the egress chose.
/// </summary>
internal sealed class TrafficClient : IAsyncDisposable
{
    private const int PayloadBytes = 512;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(10);

    private readonly MeshClient _client;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _loop;

    public TrafficClient(MeshClient client, TimeProvider time)
    {
        _client = client;
        _time = time;
        _loop = RunAsync(_stopping.Token);
    }

    /// <summary>The service called.</summary>
    public MeshService Service => _client.Service;

    /// <summary>What came of the requests so far.</summary>
    public RequestLog Log { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _loop;
        _stopping.Dispose();
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        await Task.Yield();
        using var pace = new PeriodicTimer(Pace, _time);
        try
        {
            while (await pace.WaitForNextTickAsync(stopping))
            {
                Log.Add(await SendAsync(stopping));
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed; a request cut by that counts neither way.
        }
    }

    private async Task<Request> SendAsync(CancellationToken stopping)
    {
        var startedAt = _time.GetTimestamp();
        try
        {
            await using var connection = await _client.ConnectAsync(stopping);
            await connection.EchoAsync(RandomNumberGenerator.GetBytes(PayloadBytes), stopping);
            return new Request(connection.Instance, Failure: null, startedAt);
        }
        catch (ClientException exception)
        {
            return new Request(Answer: null, exception.Message, startedAt);
        }
    }
}
