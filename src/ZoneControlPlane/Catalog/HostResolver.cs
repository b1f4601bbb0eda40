using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Zoneway.ZoneControlPlane.Catalog;

/// <summary>
/// Resolves the host names among the addresses of resources, again and again, without making anyone wait: a name counts from the moment
/// its first address is known, and keeps its last address while it cannot be resolved. Protocol §5.2, §7.1.
/// </summary>
internal sealed partial class HostResolver : BackgroundService
{
    /// <summary>Most names resolved at the same time.</summary>
    private const int MaxConcurrency = 16;

    private static readonly TimeSpan LookupTimeout = TimeSpan.FromSeconds(5);

    private readonly HostLookup _lookup;
    private readonly TimeSpan _refreshInterval;
    private readonly TimeProvider _time;
    private readonly ILogger<HostResolver> _logger;
    private readonly ChangeSignal _signal = new();
    private readonly Lock _gate = new();
    private readonly HashSet<string> _failing = new(StringComparer.Ordinal);
    private readonly List<TaskCompletionSource> _waiting = [];
    private ImmutableHashSet<string> _hosts = ImmutableHashSet<string>.Empty;

    // Replaced under the lock; read without it.
    private volatile ImmutableDictionary<string, string> _current = ImmutableDictionary<string, string>.Empty;

    /// <param name="lookup">Asks the name service.</param>
    /// <param name="refreshInterval">Time between two questions for the same name. Default 5 s.</param>
    /// <param name="time">Clock for it.</param>
    /// <param name="logger">Told about names that stop or begin to resolve.</param>
    public HostResolver(HostLookup lookup, TimeSpan refreshInterval, TimeProvider time, ILogger<HostResolver> logger)
    {
        _lookup = lookup;
        _refreshInterval = refreshInterval;
        _time = time;
        _logger = logger;
    }

    /// <summary>Notified after <see cref="Current"/> was replaced.</summary>
    public ChangeNotifier Changed { get; } = new();

    /// <summary>The names known and the address each stands for.</summary>
    public ImmutableDictionary<string, string> Current => _current;

    /// <summary>Says which hosts are in use; IP addresses among them are passed over.</summary>
    /// <returns>Completes when each has been asked for once, found or not.</returns>
    public Task Follow(IEnumerable<string> hosts)
    {
        var names = hosts.Where(static host => !IPAddress.TryParse(host, out _)).ToImmutableHashSet(StringComparer.Ordinal);
        var round = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _hosts = names;
            _waiting.Add(round);
        }

        _signal.Set();
        return names.IsEmpty ? Task.CompletedTask : round.Task;
    }

    /// <summary>The address a name stands for: the first in lexical order, so that every control plane chooses the same.</summary>
    public static string? Choose(IEnumerable<IPAddress> addresses) =>
        addresses.Select(static address => address.ToString()).Order(StringComparer.Ordinal).FirstOrDefault();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await WaitAsync(stoppingToken);
            _signal.Take();
            await ResolveAllAsync(stoppingToken);
        }
    }

    private async Task WaitAsync(CancellationToken stopping)
    {
        using var due = new CancellationTokenSource(_refreshInterval, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, due.Token);
        try
        {
            await _signal.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            // Time to ask again.
        }
    }

    private async Task ResolveAllAsync(CancellationToken stopping)
    {
        var (hosts, waiting) = TakeRound();
        var options = new ParallelOptions { MaxDegreeOfParallelism = MaxConcurrency, CancellationToken = stopping };
        await Parallel.ForEachAsync(hosts, options, async (host, cancellation) => await ResolveAsync(host, cancellation));
        lock (_gate)
        {
            _current = _current.RemoveRange(_current.Keys.Where(host => !hosts.Contains(host)));
            _failing.IntersectWith(hosts);
        }

        waiting.ForEach(static round => round.TrySetResult());
    }

    private (ImmutableHashSet<string> Hosts, List<TaskCompletionSource> Waiting) TakeRound()
    {
        lock (_gate)
        {
            var waiting = _waiting.ToList();
            _waiting.Clear();
            return (_hosts, waiting);
        }
    }

    private async Task ResolveAsync(string host, CancellationToken cancellation)
    {
        using var expired = new CancellationTokenSource(LookupTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, expired.Token);
        try
        {
            if (Choose(await _lookup(host, either.Token)) is { } address)
            {
                Found(host, address);
            }
            else
            {
                Missed(host, "the name has no address");
            }
        }
        catch (SocketException exception)
        {
            Missed(host, exception.Message);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            Missed(host, "no answer in time");
        }
    }

    private void Found(string host, string address)
    {
        lock (_gate)
        {
            _failing.Remove(host);
            if (_current.TryGetValue(host, out var known) && known == address)
            {
                return;
            }

            _current = _current.SetItem(host, address);
        }

        Log.Resolved(_logger, host, address);
        Changed.Notify();
    }

    private void Missed(string host, string reason)
    {
        lock (_gate)
        {
            if (!_failing.Add(host))
            {
                return;
            }
        }

        Log.NotResolved(_logger, host, reason, _current.GetValueOrDefault(host, "none"));
    }

    private static partial class Log
    {
        [LoggerMessage(40, LogLevel.Information, "Host {Host} is {Address}")]
        public static partial void Resolved(ILogger logger, string host, string address);

        [LoggerMessage(41, LogLevel.Warning, "Host {Host} cannot be resolved ({Reason}); address in use: {Address}")]
        public static partial void NotResolved(ILogger logger, string host, string reason, string address);
    }
}

/// <summary>Asks the name service for the addresses of a host.</summary>
/// <exception cref="SocketException">The name has none, or nobody answered.</exception>
internal delegate Task<IPAddress[]> HostLookup(string host, CancellationToken cancellation);
