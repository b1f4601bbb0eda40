using Microsoft.Extensions.Logging;

namespace Zoneway.SniRouter.Clusters.Dns;

/// <summary>Follows the names of one version of a cluster's configuration. Thread-safe.</summary>
internal sealed partial class DnsCluster : IDisposable
{
    // What the system's resolver takes by default when its first server does not answer: 5 s, twice.
    private static readonly TimeSpan LongestLookup = TimeSpan.FromSeconds(10);

    private readonly ClusterState _cluster;
    private readonly ClusterConfig _config;
    private readonly ClusterResolver _resolver;
    private readonly Dictionary<string, DnsName> _names = new(StringComparer.OrdinalIgnoreCase);
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _end = new();
    private volatile LoadAssignment? _assignment;

    /// <param name="cluster">Who gets the endpoints.</param>
    /// <param name="config">Its configuration.</param>
    /// <param name="resolver">What all clusters share.</param>
    /// <param name="previous">Who followed the configuration before; what it knows is taken over.</param>
    public DnsCluster(ClusterState cluster, ClusterConfig config, ClusterResolver resolver, DnsCluster? previous)
    {
        _cluster = cluster;
        _config = config;
        _resolver = resolver;
        foreach (var host in ResolvedAssignment.NamesOf(config))
        {
            _names[host] = new DnsName(host, config.Dns);
        }

        previous?.BequeathTo(this);
        _assignment = _names.Values.All(name => name.IsKnown) ? Assemble() : null;
    }

    /// <summary>The endpoints as they are now; null before the first answer for each name.</summary>
    public LoadAssignment? Assignment => _assignment;

    /// <summary>Begins to ask.</summary>
    public void Start()
    {
        foreach (var name in _names.Values)
        {
            // Not here: this is the middle of an update.
            _ = Task.Run(() => FollowAsync(name, _end.Token), CancellationToken.None);
        }
    }

    /// <summary>Gives the cluster its endpoints, if they are still wanted. Only where updates are applied.</summary>
    public void Apply()
    {
        if (_assignment is { } assignment && !_end.IsCancellationRequested)
        {
            _cluster.Update(assignment);
        }
    }

    /// <summary>Ends the lookups. What they know stays.</summary>
    public void Dispose() => _end.Cancel();

    private async Task FollowAsync(DnsName name, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var answer = await ResolveAsync(name.Host, cancellationToken);
                var (changed, delay) = Take(name, answer);
                if (changed)
                {
                    await PublishAsync(name);
                }

                await Task.Delay(delay, _resolver.Time, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The cluster has gone, or has another configuration.
        }
    }

    private async ValueTask PublishAsync(DnsName name)
    {
        try
        {
            await _resolver.PublishAsync(this);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // A fault of ours must not end the lookups of a name for good; what is known by then is published with the next change.
            Log.Fault(_resolver.Logger, exception, _cluster.Name, name.Host);
        }
    }

    private async ValueTask<DnsAnswer> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        _cluster.Stats.Resolving();
        using var limit = new CancellationTokenSource(LongestLookup, _resolver.Time);
        await using var registration = cancellationToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), limit);
        try
        {
            return await _resolver.For(_config.Dns).ResolveAsync(host, DnsAddresses.FamilyToAsk(_config.Dns.LookupFamily), limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return DnsAnswer.Failed("no answer in time");
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // A fault of ours must not end the lookups of a name for good.
            Log.Fault(_resolver.Logger, exception, _cluster.Name, host);
            return DnsAnswer.Failed("internal error");
        }
    }

    private (bool Changed, TimeSpan Delay) Take(DnsName name, DnsAnswer answer)
    {
        var addresses = DnsAddresses.Choose(answer.Addresses, _config.Dns.LookupFamily);
        _cluster.Stats.Resolved(answer.Outcome == DnsOutcome.Resolved && addresses.IsEmpty ? DnsOutcome.Empty : answer.Outcome);
        lock (_lock)
        {
            var wasFailing = name.IsFailing;
            var changed = name.Take(addresses, ordered: _config.Discovery == ClusterDiscovery.LogicalDns);
            Report(name, wasFailing, changed, answer.Reason);
            if (_names.Values.All(each => each.IsKnown) && (changed || _assignment is null))
            {
                _assignment = Assemble();
                return (true, name.NextLookup(answer.TimeToLive));
            }

            return (false, name.NextLookup(answer.TimeToLive));
        }
    }

    private void Report(DnsName name, bool wasFailing, bool changed, string reason)
    {
        if (name.IsFailing && !wasFailing)
        {
            Log.Failing(_resolver.Logger, _cluster.Name, name.Host, reason.Length > 0 ? reason : "no address of the family asked for", name.Addresses.Length);
        }
        else if (!name.IsFailing && wasFailing)
        {
            Log.Recovered(_resolver.Logger, _cluster.Name, name.Host);
        }

        if (changed && _resolver.Logger.IsEnabled(LogLevel.Debug))
        {
            Log.Changed(_resolver.Logger, _cluster.Name, name.Host, string.Join(", ", name.Addresses));
        }
    }

    private LoadAssignment Assemble() => ResolvedAssignment.Create(_config, host => _names[host].Addresses);

    private void BequeathTo(DnsCluster heir)
    {
        if (heir._config.Dns.LookupFamily != _config.Dns.LookupFamily)
        {
            return;
        }

        lock (_lock)
        {
            foreach (var (host, name) in _names)
            {
                if (name.Addresses.Length > 0 && heir._names.TryGetValue(host, out var same))
                {
                    same.Addresses = name.Addresses;
                    same.IsKnown = true;
                }
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(820, LogLevel.Warning, "Cluster {Cluster}: {Name} does not resolve: {Reason}. Its last good answer stays: {Addresses} address(es). Said once until it does.")]
        public static partial void Failing(ILogger logger, string cluster, string name, string reason, int addresses);

        [LoggerMessage(821, LogLevel.Information, "Cluster {Cluster}: {Name} resolves again.")]
        public static partial void Recovered(ILogger logger, string cluster, string name);

        [LoggerMessage(822, LogLevel.Debug, "Cluster {Cluster}: {Name} is at {Addresses}.")]
        public static partial void Changed(ILogger logger, string cluster, string name, string addresses);

        [LoggerMessage(823, LogLevel.Error, "Cluster {Cluster}: the lookup of {Name} failed for a fault of the proxy.")]
        public static partial void Fault(ILogger logger, Exception exception, string cluster, string name);
    }
}
