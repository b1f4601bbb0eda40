using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Zoneway.SniRouter.Clusters.Dns;

/// <summary>Resolves as the system does (getaddrinfo): hosts file, search domains and nsswitch.conf count, and the order is that of RFC 6724. It tells no time to live.</summary>
/// <remarks>
/// getaddrinfo blocks, for 10 s and more where no server answers, and cannot be cancelled. So it has threads of its own, at most <see cref="MaxLookups"/>, rather than those of the
/// pool, on which connections are served; a lookup that nobody waits for any more keeps its place until it ends. Whoever asks for a name that is being looked up already, or waits for
/// its turn, waits for that lookup: however often names without an answer are asked for, each has one place, and the others have their turn in the order they came.
/// </remarks>
#pragma warning disable CA1001 // The semaphore has nothing to dispose of: nobody asks for its wait handle.
internal sealed class SystemDnsResolver(SystemDnsResolver.Lookup? lookup = null) : IDnsResolver
#pragma warning restore CA1001
{
    /// <summary>Lookups at a time; further ones wait.</summary>
    public const int MaxLookups = 16;

    private readonly Lookup _lookup = lookup ?? System.Net.Dns.GetHostAddresses;
    private readonly SemaphoreSlim _places = new(MaxLookups, MaxLookups);
    private readonly ConcurrentDictionary<(string Name, AddressFamily Family), Lazy<Task<DnsAnswer>>> _underWay = new();

    /// <summary>A lookup that blocks.</summary>
    internal delegate IPAddress[] Lookup(string name, AddressFamily family);

    /// <inheritdoc/>
    public async ValueTask<DnsAnswer> ResolveAsync(string name, AddressFamily family, CancellationToken cancellationToken)
    {
        // Lazy: of two who ask at once one begins.
        var underWay = _underWay.GetOrAdd((name, family), static (key, resolver) => new(() => resolver.LookUpAsync(key.Name, key.Family)), this);
        return await underWay.Value.WaitAsync(cancellationToken);
    }

    private async Task<DnsAnswer> LookUpAsync(string name, AddressFamily family)
    {
        await _places.WaitAsync();
        try
        {
            return await Task.Factory.StartNew(() => Resolve(name, family), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        finally
        {
            _underWay.TryRemove((name, family), out _);
            _places.Release();
        }
    }

    private DnsAnswer Resolve(string name, AddressFamily family)
    {
        try
        {
            var addresses = _lookup(name, family);
            return addresses.Length == 0 ? DnsAnswer.Empty("no address") : DnsAnswer.Of(addresses.Distinct());
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData)
        {
            return DnsAnswer.Empty("no such name, or no address");
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException)
        {
            return DnsAnswer.Failed(exception.Message);
        }
    }
}
