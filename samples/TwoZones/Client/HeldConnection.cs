using System.Security.Cryptography;

namespace Zoneway.TwoZones.Client;

/// <summary>A connection that stays open: random bytes go to and fro all the time and every one of them is compared.</summary>
internal sealed class HeldConnection : IAsyncDisposable
{
    private const int ChunkBytes = 16 * 1024;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan CheckLimit = TimeSpan.FromSeconds(5);

    private readonly BackendConnection _connection;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Signal _changed = new();
    private readonly Task _loop;
    private long _verifiedBytes;
    private volatile string? _failure;

    /// <param name="connection">The connection to hold; this object disposes it.</param>
    /// <param name="time">Paces the chunks.</param>
    public HeldConnection(BackendConnection connection, TimeProvider time)
    {
        _connection = connection;
        _time = time;
        _loop = RunAsync(_stopping.Token);
    }

    /// <summary>The instance at the other end.</summary>
    public Instance Instance => _connection.Instance;

    /// <summary>Bytes that came back as they were sent.</summary>
    public long VerifiedBytes => Interlocked.Read(ref _verifiedBytes);

    /// <summary>Why the connection ended; null while it lives.</summary>
    public string? Failure => _failure;

    /// <summary>Checks that bytes still flow both ways.</summary>
    /// <exception cref="CheckFailedException">The connection has ended, or nothing came in time.</exception>
    public async Task CheckAsync(CancellationToken cancellation)
    {
        // Two more: the one that is under way may have left before the change that is being checked.
        var wanted = VerifiedBytes + (2 * ChunkBytes);
        await _changed.WaitAsync(() => _failure is not null || VerifiedBytes >= wanted, CheckLimit, cancellation);
        if (_failure is not null || VerifiedBytes < wanted)
        {
            throw new CheckFailedException($"the long-lived connection to {Instance} carried {VerifiedBytes} bytes, then: {_failure ?? "nothing more"}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _loop;
        await _connection.DisposeAsync();
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
                await _connection.EchoAsync(RandomNumberGenerator.GetBytes(ChunkBytes), stopping);
                Interlocked.Add(ref _verifiedBytes, ChunkBytes);
                _changed.Pulse();
            }
        }
        catch (ClientException exception)
        {
            _failure = exception.Message;
            _changed.Pulse();
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }
}
