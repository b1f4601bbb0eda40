using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Zoneway.SniRouter.Telemetry;

namespace Zoneway.SniRouter.AccessLogs;

/// <summary>Gives what is reported of connections to the access logs that want it. One for all data paths; nothing here waits or formats.</summary>
public sealed partial class AccessLogger : IDisposable
{
    /// <summary>Most destinations at a time; each takes a thread. Lines for further ones are dropped.</summary>
    public const int MaxDestinations = 64;

    private const int SignalUser1 = 10;

    private static readonly TimeSpan FlushTimeout = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<AccessLogDestination, AccessLogSink> _sinks = new();
    private readonly Lock _adding = new();
    private readonly TimeProvider _time;
    private readonly ILogger<AccessLogger> _logger;
    private readonly PosixSignalRegistration? _reopen;
    private long _droppedHere;
    private volatile bool _closed;

    /// <summary>Creates a logger without destinations; they come with the first line for them.</summary>
    public AccessLogger(TimeProvider time, ILogger<AccessLogger> logger)
    {
        _time = time;
        _logger = logger;
        if (OperatingSystem.IsLinux())
        {
            // By this signal log rotation asks Envoy to open its files anew. Here they are anyway, but unheeded it would end the program.
            _reopen = PosixSignalRegistration.Create((PosixSignal)SignalUser1, static context => context.Cancel = true);
        }
    }

    /// <summary>Lines written to any destination.</summary>
    public long Written => _sinks.Values.Sum(static sink => sink.Written);

    /// <summary>Lines lost: the queue was full, or the destination did not take them.</summary>
    public long Dropped => Volatile.Read(ref _droppedHere) + _sinks.Values.Sum(static sink => sink.Dropped);

    /// <summary>Writes what waits, for a short time, and closes every destination.</summary>
    public void Dispose()
    {
        _reopen?.Dispose();
        _closed = true;
        foreach (var sink in _sinks.Values)
        {
            sink.Stop();
        }

        var started = _time.GetTimestamp();
        foreach (var sink in _sinks.Values)
        {
            // One budget for all: the end of the program must not wait for each stuck destination in turn.
            var left = FlushTimeout - _time.GetElapsedTime(started);
            sink.WaitUntilStopped(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }
    }

    /// <summary>Takes the end of a connection that has a scope.</summary>
    internal void Ended(in ConnectionReport report)
    {
        var entry = EntryOf(report, AccessLogType.TcpConnectionEnd);
        Enqueue(report.AccessLog!.OfListener, entry);
        Enqueue(report.AccessLog.OfFilterChain, entry);
    }

    /// <summary>Takes the news that an endpoint has accepted the connection, for chains that want a line then.</summary>
    internal void Connected(in ConnectionReport report) => Enqueue(report.AccessLog!.OfFilterChain, EntryOf(report, AccessLogType.TcpUpstreamConnected));

    /// <summary>Takes the end of an HTTP request.</summary>
    /// <param name="logs">The logs that want it.</param>
    /// <param name="entry">The request; its bytes and duration are its own.</param>
    internal void RequestEnded(ImmutableArray<AccessLogConfig> logs, AccessLogEntry entry) => Enqueue(logs, entry);

    private AccessLogEntry EntryOf(in ConnectionReport report, AccessLogType type) => new(report, type, _time.GetUtcNow() - report.Duration, report.AccessLog!.Addresses);

    private void Enqueue(ImmutableArray<AccessLogConfig> logs, AccessLogEntry entry)
    {
        foreach (var log in logs)
        {
            if (log.ServerName.Length > 0 && !string.Equals(log.ServerName, entry.Report.ServerName, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            if (_sinks.TryGetValue(log.Destination, out var sink) || TryAdd(log.Destination, out sink))
            {
                sink.Enqueue(log.Format, entry);
            }
            else
            {
                Interlocked.Increment(ref _droppedHere);
            }
        }
    }

    private bool TryAdd(AccessLogDestination destination, [NotNullWhen(true)] out AccessLogSink? sink)
    {
        sink = null;
        if (_closed)
        {
            return false;
        }

        // Seldom: once for each destination.
        lock (_adding)
        {
            if (_sinks.TryGetValue(destination, out sink))
            {
                return true;
            }

            if (_closed)
            {
                return false;
            }

            if (_sinks.Count == MaxDestinations)
            {
                // For good, and from now on without the lock.
                _closed = true;
                Log.TooMany(_logger, MaxDestinations);
                return false;
            }

            sink = destination.Kind == AccessLogDestinationKind.Tcp ? new TcpSink(destination, _time, _logger) : new FileSink(destination, _time, _logger);
            _sinks[destination] = sink.Start();
            return true;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(703, LogLevel.Warning, "Access logs have more than {Limit} destinations; lines for further ones are dropped until the program is started again. Said once; the metrics count them.")]
        public static partial void TooMany(ILogger logger, int limit);
    }
}
