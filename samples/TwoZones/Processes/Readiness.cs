using System.Net;
using System.Net.Sockets;

namespace Zoneway.TwoZones.Processes;

/// <summary>Waits until programs say that they are ready, and until they accept no more.</summary>
internal sealed class Readiness(TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(2) };

    /// <summary>Asks <c>GET /ready</c> of a program until the answer is 200.</summary>
    /// <exception cref="ChildFailedException">It ended first, or was not ready within 20 s.</exception>
    public async Task WaitAsync(ChildProcess child, int port, CancellationToken cancellation)
    {
        var begin = time.GetTimestamp();
        using var poll = new PeriodicTimer(Interval, time);
        while (!await IsReadyAsync(port, cancellation))
        {
            if (child.HasExited || ChildFailedException.ReportsPortTaken(child) || time.GetElapsedTime(begin) > Limit)
            {
                throw new ChildFailedException(child, $"was not ready within {Limit.TotalSeconds} s");
            }

            await poll.WaitForNextTickAsync(cancellation);
        }
    }

    /// <summary>Whether a program answers <c>GET /ready</c> with 200.</summary>
    public async Task<bool> IsReadyAsync(int port, CancellationToken cancellation)
    {
        try
        {
            using var response = await _http.GetAsync(new Uri($"http://127.0.0.1:{port}/ready"), cancellation);
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Waits until a port refuses connections.</summary>
    /// <exception cref="CheckFailedException">It accepts them after 5 s still.</exception>
    public async Task WaitUntilRefusedAsync(int port, CancellationToken cancellation)
    {
        var begin = time.GetTimestamp();
        using var poll = new PeriodicTimer(Interval, time);
        while (await AcceptsAsync(port, cancellation))
        {
            if (time.GetElapsedTime(begin) > CloseLimit)
            {
                throw new CheckFailedException($"port {port} accepts connections {CloseLimit.TotalSeconds} s after its program was asked to end");
            }

            await poll.WaitForNextTickAsync(cancellation);
        }
    }

    public void Dispose() => _http.Dispose();

    private static async Task<bool> AcceptsAsync(int port, CancellationToken cancellation)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port, cancellation);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
