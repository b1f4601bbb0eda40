using System.Buffers;
using System.Net.Security;
using System.Net.Sockets;
using Zoneway.SniRouter.Proxying;
using Zoneway.SniRouter.Telemetry;

namespace Zoneway.Egress.Tcp;

/// <summary>
/// Copies between two streams, either of which may be TLS, with back-pressure. The end of one direction is passed on (close_notify inside TLS, FIN outside) and leaves the other
/// one running. One use per connection.
/// </summary>
internal sealed class StreamSplicer : IDisposable
{
    private const int BufferBytes = 16 * 1024;
    private const int Undecided = -1;

    private readonly Stream _downstream;
    private readonly Stream _upstream;
    private readonly Socket _upstreamSocket;
    private readonly TimeSpan _halfClosedTimeout;
    private readonly TimeProvider _time;
    private readonly IdleTimer _idle;
    private readonly CancellationTokenSource _end = new();
    private ConnectionTracker? _tracker;
    private int _outcome = Undecided;
    private volatile bool _isDraining;

    /// <param name="downstream">The client's side.</param>
    /// <param name="upstream">The endpoint's side.</param>
    /// <param name="upstreamSocket">The socket below it.</param>
    /// <param name="idleTimeout">Longest time without a byte either way.</param>
    /// <param name="halfClosedTimeout">The same once one direction has ended.</param>
    /// <param name="time">The clock.</param>
    public StreamSplicer(Stream downstream, Stream upstream, Socket upstreamSocket, TimeSpan idleTimeout, TimeSpan halfClosedTimeout, TimeProvider time)
    {
        _downstream = downstream;
        _upstream = upstream;
        _upstreamSocket = upstreamSocket;
        _halfClosedTimeout = halfClosedTimeout;
        _time = time;
        _idle = new IdleTimer(time, idleTimeout, () => End(_isDraining ? ConnectionOutcome.Drained : ConnectionOutcome.IdleTimeout));
    }

    /// <summary>Bytes sent to the endpoint, those inside TLS.</summary>
    public long BytesSent { get; private set; }

    /// <summary>Bytes received from the endpoint, those inside TLS.</summary>
    public long BytesReceived { get; private set; }

    /// <summary>Copies until both directions have ended.</summary>
    /// <param name="tracker">May end the connection: at once, or when it falls silent.</param>
    /// <param name="maxDuration">Longest time the copying may take.</param>
    public async Task<ConnectionOutcome> RunAsync(ConnectionTracker tracker, TimeSpan maxDuration)
    {
        _tracker = tracker;
        await using (tracker.Aborted.UnsafeRegister(static state => ((StreamSplicer)state!).End(ConnectionOutcome.Drained), this))
        await using (tracker.IdleClosed.UnsafeRegister(static state => ((StreamSplicer)state!).CloseWhenIdle(), this))
        await using (maxDuration == Timeout.InfiniteTimeSpan
            ? null : _time.CreateTimer(static state => ((StreamSplicer)state!).End(ConnectionOutcome.DurationTimeout), this, maxDuration, Timeout.InfiniteTimeSpan))
        {
            await Task.WhenAll(
                CopyAsync(_downstream, _upstream, ConnectionOutcome.DownstreamReset, ConnectionOutcome.UpstreamReset, isSending: true),
                CopyAsync(_upstream, _downstream, ConnectionOutcome.UpstreamReset, ConnectionOutcome.DownstreamReset, isSending: false));
        }

        TryDecide(ConnectionOutcome.Completed);
        return (ConnectionOutcome)_outcome;
    }

    public void Dispose()
    {
        _idle.Dispose();
        _end.Dispose();
    }

    private async Task CopyAsync(Stream from, Stream to, ConnectionOutcome readFault, ConnectionOutcome writeFault, bool isSending)
    {
        byte[]? buffer = null;
        var fault = readFault;
        try
        {
            while (true)
            {
                fault = readFault;
                // Nothing is held while the peer is silent.
                _ = await from.ReadAsync(Memory<byte>.Empty, _end.Token);
                buffer ??= ArrayPool<byte>.Shared.Rent(BufferBytes);
                var read = await from.ReadAsync(buffer, _end.Token);
                if (read == 0)
                {
                    break;
                }

                _idle.Active();
                fault = writeFault;
                await to.WriteAsync(buffer.AsMemory(0, read), _end.Token);
                _idle.Active();
                Count(read, isSending);
                if (read < buffer.Length)
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = null;
                }
            }

            fault = writeFault;
            await FinishAsync(to, isSending);
            _idle.Shorten(_halfClosedTimeout);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException || SocketErrors.IsConnectionEnd(exception))
        {
            End(fault);
        }
        finally
        {
            if (buffer is not null)
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    private void Count(int bytes, bool isSending)
    {
        if (isSending)
        {
            BytesSent += bytes;
        }
        else
        {
            BytesReceived += bytes;
        }
    }

    // A TLS peer that was told close_notify may go on sending, as may one that got a FIN.
    private async ValueTask FinishAsync(Stream to, bool isUpstream)
    {
        if (to is SslStream tls)
        {
            // Has no limit of its own, and a peer may read nothing any more.
            await tls.ShutdownAsync().WaitAsync(_end.Token);
        }
        else if (isUpstream)
        {
            _upstreamSocket.Shutdown(SocketShutdown.Send);
        }
    }

    private void CloseWhenIdle()
    {
        _isDraining = true;
        _idle.ShortenSinceLastActivity(_tracker!.IdleLimit);
    }

    private void End(ConnectionOutcome outcome)
    {
        if (TryDecide(outcome))
        {
            _end.Cancel();
        }
    }

    private bool TryDecide(ConnectionOutcome outcome) => Interlocked.CompareExchange(ref _outcome, (int)outcome, Undecided) == Undecided;
}
