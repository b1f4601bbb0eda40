using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Zoneway.SniRouter.AccessLogs;

/// <summary>
/// The one writer of a destination: takes entries from any thread without ever waiting, and formats and writes them on a thread of its own. What does not fit into its
/// queue, and what the destination does not take, is dropped and counted.
/// </summary>
internal abstract partial class AccessLogSink
{
    /// <summary>Most entries that wait to be written.</summary>
    public const int MaxQueued = 8192;

    private const int BatchBytes = 64 * 1024;
    private const int Awake = 0;
    private const int Asleep = 1;

    private readonly ConcurrentQueue<(AccessLogFormat Format, AccessLogEntry Entry)> _queue = new();
    private readonly object _wake = new();
    private readonly ArrayBufferWriter<byte> _batch = new();
    private readonly AccessLogDestination _destination;
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private volatile bool _stopping;
    private int _queued;
    private int _state;
    private int _said;
    private long _written;
    private long _dropped;
    private bool _failing;

    protected AccessLogSink(AccessLogDestination destination, ILogger logger)
    {
        _destination = destination;
        _logger = logger;
        _thread = new Thread(Run, maxStackSize: 256 * 1024) { IsBackground = true, Name = "zoneway-access-log" };
    }

    /// <summary>Lines that the destination has taken.</summary>
    public long Written => Volatile.Read(ref _written);

    /// <summary>Lines lost.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Begins to write.</summary>
    public AccessLogSink Start()
    {
        _thread.Start();
        return this;
    }

    /// <summary>Takes an entry. Never waits; any thread may call.</summary>
    public void Enqueue(AccessLogFormat format, AccessLogEntry entry)
    {
        if (Interlocked.Increment(ref _queued) > MaxQueued)
        {
            Interlocked.Decrement(ref _queued);
            Interlocked.Increment(ref _dropped);
            if (Interlocked.Exchange(ref _said, 1) == 0)
            {
                Log.QueueFull(_logger, _destination.Address, MaxQueued);
            }

            return;
        }

        _queue.Enqueue((format, entry));
        // The writer says that it sleeps before it looks at the queue for the last time: one of the two sees the other.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _state) == Asleep && Interlocked.Exchange(ref _state, Awake) == Asleep)
        {
            Wake();
        }
    }

    /// <summary>Asks the thread to write what waits, let go of the destination and end. Late lines are lost.</summary>
    public void Stop()
    {
        _stopping = true;
        Volatile.Write(ref _state, Awake);
        Wake();
    }

    /// <summary>Waits for the thread to end; false when it is stuck in a destination that takes nothing, with which it ends when the process does.</summary>
    public bool WaitUntilStopped(TimeSpan limit) => _thread.Join(limit);

    /// <summary>Writes lines. Only on the sink's thread.</summary>
    /// <exception cref="IOException">They could not be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The destination is forbidden.</exception>
    protected abstract void Write(ReadOnlySpan<byte> lines);

    /// <summary>Lets go of the destination; the next write opens it again.</summary>
    protected abstract void Close();

    private void Run()
    {
        while (true)
        {
            var stopping = _stopping;
            Drain();
            if (stopping)
            {
                Close();
                return;
            }

            Interlocked.Exchange(ref _state, Asleep);
            if (_queue.IsEmpty && !_stopping)
            {
                Sleep();
            }
        }
    }

    private void Sleep()
    {
        lock (_wake)
        {
            while (Volatile.Read(ref _state) == Asleep)
            {
                Monitor.Wait(_wake);
            }
        }
    }

    // Held for a moment, and only when the writer sleeps.
    private void Wake()
    {
        lock (_wake)
        {
            Monitor.Pulse(_wake);
        }
    }

    private void Drain()
    {
        var lines = 0;
        while (_queue.TryDequeue(out var next))
        {
            Interlocked.Decrement(ref _queued);
            var before = _batch.WrittenCount;
            try
            {
                next.Format.Write(next.Entry, _batch);
                lines++;
            }
            catch (Exception exception)
            {
                // A fault of ours costs a line, never the writer.
                Interlocked.Increment(ref _dropped);
                Log.Fault(_logger, exception, _destination.Address, before);
            }

            if (_batch.WrittenCount >= BatchBytes)
            {
                Write(lines);
                lines = 0;
            }
        }

        Write(lines);
    }

    private void Write(int lines)
    {
        if (_batch.WrittenCount == 0)
        {
            return;
        }

        try
        {
            Write(_batch.WrittenSpan);
            Interlocked.Add(ref _written, lines);
            _failing = false;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            Interlocked.Add(ref _dropped, lines);
            Close();
            if (!_failing)
            {
                _failing = true;
                Log.CannotWrite(_logger, _destination.Address, exception.Message);
            }
        }

        _batch.ResetWrittenCount();
    }

    private static partial class Log
    {
        [LoggerMessage(700, LogLevel.Warning, "Access log {Destination}: more than {Limit} lines wait to be written; further ones are dropped. Said once; the metrics count them.")]
        public static partial void QueueFull(ILogger logger, string destination, int limit);

        [LoggerMessage(701, LogLevel.Warning, "Access log {Destination} cannot be written, lines are dropped: {Reason}")]
        public static partial void CannotWrite(ILogger logger, string destination, string reason);

        [LoggerMessage(702, LogLevel.Error, "A line of access log {Destination} could not be formatted, {Bytes} bytes into its batch.")]
        public static partial void Fault(ILogger logger, Exception exception, string destination, int bytes);
    }
}
