using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Zoneway.SniRouter.Routing;

namespace Zoneway.SniRouter.Listeners;

/// <summary>
/// Keeps one listening socket for each listener that is wanted. A change of filter chains binds nothing; a change of address binds the new one before
/// it lets go of the old one; an address that cannot be bound is tried again every <see cref="RetryInterval"/>.
/// </summary>
public sealed partial class ListenerManager : IListenerBinder, IAsyncDisposable
{
    /// <summary>Time between attempts to bind an address that was refused: 1 s.</summary>
    public static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private readonly IListenerTransport _transport;
    private readonly ILogger<ListenerManager> _logger;
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly ITimer _retry;
    private bool _stopped;

    internal ListenerManager(IListenerTransport transport, TimeProvider time, ILogger<ListenerManager> logger)
    {
        _transport = transport;
        _logger = logger;
        _retry = time.CreateTimer(static state => _ = ((ListenerManager)state!).RetryAsync(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Bind attempts that failed since the start.</summary>
    public long BindFailures { get; private set; }

    /// <summary>The wanted listeners and the address each accepts on; null for one that could not be bound yet.</summary>
    public IReadOnlyDictionary<string, IPEndPoint?> Listeners
    {
        get
        {
            lock (_entries)
            {
                return _entries.ToDictionary(entry => entry.Key, entry => entry.Value.Bound?.EndPoint, StringComparer.Ordinal);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask<string?> BindAsync(string listener, IPEndPoint address, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_stopped)
            {
                return null;
            }

            Entry entry;
            lock (_entries)
            {
                entry = _entries.TryGetValue(listener, out var known) ? known : _entries[listener] = new Entry(listener);
            }

            entry.Wanted = address;
            return await BindAsync(entry, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask UnbindAsync(string listener, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            Entry? entry;
            lock (_entries)
            {
                _entries.Remove(listener, out entry);
            }

            if (entry is not null)
            {
                await ReleaseAsync(entry, cancellationToken);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Stops accepting on every listener, for good. Open connections stay.</summary>
    public async ValueTask StopAcceptingAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            _stopped = true;
            foreach (var entry in _entries.Values)
            {
                await ReleaseAsync(entry, cancellationToken);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _retry.DisposeAsync();
        await StopAcceptingAsync(CancellationToken.None);
    }

    private async ValueTask<string?> BindAsync(Entry entry, CancellationToken cancellationToken)
    {
        if (entry.Bound is not null && entry.Wanted.Equals(entry.BoundAs))
        {
            return null;
        }

        try
        {
            await MoveAsync(entry, cancellationToken);
            Log.Bound(_logger, entry.Name, entry.Bound!.EndPoint);
            return null;
        }
        catch (SocketException exception)
        {
            BindFailures++;
            _retry.Change(RetryInterval, Timeout.InfiniteTimeSpan);
            return $"cannot bind {entry.Wanted}: {exception.Message}";
        }
    }

    private async ValueTask MoveAsync(Entry entry, CancellationToken cancellationToken)
    {
        var previous = entry.Bound;
        IBoundListener bound;
        try
        {
            bound = await _transport.BindAsync(entry.Name, entry.Wanted, cancellationToken);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse && Overlap(entry.Wanted, previous?.EndPoint))
        {
            // The old address is in the way of the new one: it must go first.
            await ReleaseAsync(entry, cancellationToken);
            previous = null;
            bound = await _transport.BindAsync(entry.Name, entry.Wanted, cancellationToken);
        }

        lock (_entries)
        {
            entry.Bound = bound;
            entry.BoundAs = entry.Wanted;
        }

        if (previous is not null)
        {
            await previous.UnbindAsync(cancellationToken);
        }
    }

    /// <summary>Whether one of them is the unspecified address, which takes the port of all (0.0.0.0 and 10.1.0.5, say).</summary>
    private static bool Overlap(IPEndPoint wanted, IPEndPoint? bound) =>
        wanted.Port == bound?.Port && (IsUnspecified(wanted.Address) || IsUnspecified(bound.Address));

    private static bool IsUnspecified(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private async ValueTask ReleaseAsync(Entry entry, CancellationToken cancellationToken)
    {
        if (entry.Bound is { } bound)
        {
            // In this order: whoever sees that nothing is bound may count on the port being free.
            await bound.UnbindAsync(cancellationToken);
            lock (_entries)
            {
                entry.Bound = null;
                entry.BoundAs = null;
            }

            Log.Unbound(_logger, entry.Name, bound.EndPoint);
        }
    }

    private async Task RetryAsync()
    {
        await _turn.WaitAsync();
        try
        {
            if (_stopped)
            {
                return;
            }

            foreach (var entry in _entries.Values)
            {
                await BindAsync(entry, CancellationToken.None);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>A listener that is wanted. Written under the turn; <see cref="Bound"/> and <see cref="BoundAs"/> under the lock of the table too.</summary>
    private sealed class Entry(string name)
    {
        public string Name { get; } = name;

        public IPEndPoint Wanted { get; set; } = new(IPAddress.None, 0);

        public IPEndPoint? BoundAs { get; set; }

        public IBoundListener? Bound { get; set; }
    }

    private static partial class Log
    {
        [LoggerMessage(500, LogLevel.Information, "Listener {Listener} accepts on {Address}.")]
        public static partial void Bound(ILogger logger, string listener, IPEndPoint address);

        [LoggerMessage(501, LogLevel.Information, "Listener {Listener} does not accept on {Address} any more.")]
        public static partial void Unbound(ILogger logger, string listener, IPEndPoint address);
    }
}
