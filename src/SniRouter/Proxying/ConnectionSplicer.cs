using System.Net.Sockets;
using Zoneway.SniRouter.Telemetry;

namespace Zoneway.SniRouter.Proxying;

/// <summary>
/// Copies a connection's bytes both ways, with back-pressure: a direction reads only what the other side has taken. The end of one direction
/// finishes sending on the other side and leaves the opposite direction running. One use per connection.
/// </summary>
/// <remarks>The portable data path: pipes towards the client, a socket towards the endpoint.</remarks>
internal sealed class ConnectionSplicer : IDisposable
{
    private const int ReceiveBytes = 16 * 1024;
    private const int Undecided = -1;

    private readonly DownstreamConnection _downstream;
    private readonly Socket _upstream;
    private readonly IdleTimer _idle;
    private readonly TimeSpan _halfClosedTimeout;
    private readonly Lock _finishing = new();
    private ConnectionTracker? _tracker;
    private int _outcome = Undecided;
    private bool _flushing;
    private bool _upstreamRefused;
    private volatile bool _isDraining;

    public ConnectionSplicer(DownstreamConnection downstream, Socket upstream, TimeSpan idleTimeout, TimeSpan halfClosedTimeout, TimeProvider time)
    {
        _downstream = downstream;
        _upstream = upstream;
        _halfClosedTimeout = halfClosedTimeout;
        _idle = new IdleTimer(time, idleTimeout, () => End(_isDraining ? ConnectionOutcome.Drained : ConnectionOutcome.IdleTimeout));
    }

    /// <summary>Bytes sent to the endpoint.</summary>
    public long BytesSent { get; private set; }

    /// <summary>Bytes received from the endpoint.</summary>
    public long BytesReceived { get; private set; }

    /// <summary>Copies until both directions have ended.</summary>
    /// <param name="tracker">May end the connection: at once, or when it falls silent (<see cref="ConnectionOutcome.Drained"/>).</param>
    public async Task<ConnectionOutcome> RunAsync(ConnectionTracker tracker)
    {
        _tracker = tracker;
        await using (tracker.Aborted.UnsafeRegister(static state => ((ConnectionSplicer)state!).Reset(ConnectionOutcome.Drained), this))
        await using (tracker.IdleClosed.UnsafeRegister(static state => ((ConnectionSplicer)state!).CloseWhenIdle(), this))
        {
            await Task.WhenAll(GuardAsync(CopyToUpstreamAsync()), GuardAsync(CopyToDownstreamAsync()));
        }

        TryDecide(_upstreamRefused ? ConnectionOutcome.UpstreamReset : ConnectionOutcome.Completed);
        return (ConnectionOutcome)_outcome;
    }

    /// <summary>Ends the connection because it has lasted long enough. Any thread may call.</summary>
    public void EndForAge() => End(ConnectionOutcome.DurationTimeout);

    /// <summary>Closes the endpoint's socket.</summary>
    public void Dispose()
    {
        _idle.Dispose();
        // Closing a socket in the middle of its shutdown would turn the FIN into a reset.
        lock (_finishing)
        {
            _upstream.Dispose();
        }
    }

    private void CloseWhenIdle()
    {
        _isDraining = true;
        _idle.ShortenSinceLastActivity(_tracker!.IdleLimit);
    }

    private async Task CopyToUpstreamAsync()
    {
        try
        {
            while (true)
            {
                var result = await _downstream.Input.ReadAsync();
                foreach (var segment in result.Buffer)
                {
                    await SendAsync(segment);
                }

                _downstream.Input.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted)
                {
                    _upstream.Shutdown(SocketShutdown.Send);
                    _idle.Shorten(_halfClosedTimeout);
                    return;
                }

                if (result.IsCanceled && IsDecided)
                {
                    return;
                }
            }
        }
        catch (SocketException exception) when (SocketErrors.IsConnectionEnd(exception))
        {
            // The endpoint takes no more. What it sent before is still on its way to the client, so the other direction ends the connection.
            _upstreamRefused = true;
        }
        catch (Exception exception) when (SocketErrors.IsConnectionEnd(exception))
        {
            Reset(ConnectionOutcome.DownstreamReset);
        }
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> segment)
    {
        while (segment.Length > 0)
        {
            var sent = await _upstream.SendAsync(segment, SocketFlags.None);
            BytesSent += sent;
            _idle.Active();
            segment = segment[sent..];
        }
    }

    private async Task CopyToDownstreamAsync()
    {
        try
        {
            while (await ReceiveAsync() is var received && received > 0)
            {
                BytesReceived += received;
                _idle.Active();
                _downstream.Output.Advance(received);
                if (!await FlushAsync())
                {
                    return;
                }
            }

            if (!IsDecided)
            {
                _downstream.FinishSending();
                _idle.Shorten(_halfClosedTimeout);
            }
        }
        catch (SocketException exception) when (SocketErrors.IsConnectionEnd(exception))
        {
            Reset(ConnectionOutcome.UpstreamReset);
        }
        catch (Exception exception) when (SocketErrors.IsConnectionEnd(exception))
        {
            Reset(ConnectionOutcome.DownstreamReset);
        }
    }

    private async ValueTask<int> ReceiveAsync()
    {
        // An empty receive waits without holding a buffer: an idle connection costs none.
        await _upstream.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None);
        return await _upstream.ReceiveAsync(_downstream.Output.GetMemory(ReceiveBytes), SocketFlags.None);
    }

    private async ValueTask<bool> FlushAsync()
    {
        // The flush is announced before the decision is looked at, and End looks for a flush after it has decided: one of the two sees the other.
        Volatile.Write(ref _flushing, true);
        Interlocked.MemoryBarrier();
        if (IsDecided)
        {
            return false;
        }

        var result = await _downstream.Output.FlushAsync();
        Volatile.Write(ref _flushing, false);
        if (result.IsCompleted)
        {
            // The transport stopped taking bytes: the client is gone.
            Reset(ConnectionOutcome.DownstreamReset);
        }

        return !result.IsCompleted;
    }

    /// <summary>Lets nothing unexpected leave the other direction waiting for ever.</summary>
    private async Task GuardAsync(Task direction)
    {
        try
        {
            await direction;
        }
        catch
        {
            Reset(ConnectionOutcome.InternalError);
            throw;
        }
    }

    /// <summary>Ends both directions in order; with a reset only where the client takes nothing any more.</summary>
    private void End(ConnectionOutcome outcome)
    {
        if (!TryDecide(outcome))
        {
            return;
        }

        if (Volatile.Read(ref _flushing))
        {
            ResetBoth(outcome);
            return;
        }

        _downstream.Input.CancelPendingRead();
        FinishUpstream();
    }

    /// <summary>Sends a FIN to the endpoint and wakes what waits on its socket. Closing it would send a reset, for a receive is pending.</summary>
    private void FinishUpstream()
    {
        try
        {
            lock (_finishing)
            {
                _upstream.Shutdown(SocketShutdown.Both);
            }
        }
        catch (Exception exception) when (SocketErrors.IsConnectionEnd(exception))
        {
            // Over already: whatever waited knows.
        }
    }

    /// <summary>Ends both directions with a reset on each side. Only the first decision acts: what follows from it is no news.</summary>
    private void Reset(ConnectionOutcome outcome)
    {
        if (TryDecide(outcome))
        {
            ResetBoth(outcome);
        }
    }

    private void ResetBoth(ConnectionOutcome outcome)
    {
        _downstream.Reset(outcome.Tag());
        _upstream.Close(timeout: 0);
    }

    private bool IsDecided => Volatile.Read(ref _outcome) != Undecided;

    private bool TryDecide(ConnectionOutcome outcome) => Interlocked.CompareExchange(ref _outcome, (int)outcome, Undecided) == Undecided;
}
