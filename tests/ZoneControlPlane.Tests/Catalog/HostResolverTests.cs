using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Zoneway.ZoneControlPlane.Catalog;
using Zoneway.ZoneControlPlane.Tests.Support;

namespace Zoneway.ZoneControlPlane.Tests.Catalog;

public sealed class HostResolverTests : IAsyncLifetime, IDisposable
{
    private readonly ConcurrentDictionary<string, string[]> _names = new(StringComparer.Ordinal);
    private readonly LogRecorder _log = new();
    private readonly HostResolver _resolver;

    public HostResolverTests() =>
        _resolver = new HostResolver(LookUpAsync, TimeSpan.FromMinutes(5), TimeProvider.System, _log.CreateLogger<HostResolver>());

    public Task InitializeAsync() => _resolver.StartAsync(CancellationToken.None);

    public Task DisposeAsync() => _resolver.StopAsync(CancellationToken.None);

    public void Dispose() => _resolver.Dispose();

    [Fact]
    public void Choose_SeveralAddresses_TakesTheFirstInLexicalOrder()
    {
        Assert.Equal("10.0.0.10", HostResolver.Choose([IPAddress.Parse("10.0.0.9"), IPAddress.Parse("10.0.0.10"), IPAddress.Parse("2001:db8::1")]));
        Assert.Null(HostResolver.Choose([]));
    }

    [Fact]
    public async Task Follow_Names_AreResolvedAndAddressesPassedOver()
    {
        _names["a.test"] = ["10.0.0.2", "10.0.0.1"];

        await _resolver.Follow(["a.test", "192.0.2.1", "missing.test"]).WaitAsync(TestLimits.Wait);

        Assert.Equal(("a.test", "10.0.0.1"), (_resolver.Current.Single().Key, _resolver.Current.Single().Value));
        await _log.WaitForAsync("Host missing.test cannot be resolved");
    }

    [Fact]
    public async Task Follow_NameThatFailsLater_KeepsItsAddress()
    {
        _names["a.test"] = ["10.0.0.1"];
        await _resolver.Follow(["a.test"]).WaitAsync(TestLimits.Wait);
        _names.Clear();

        await _resolver.Follow(["a.test"]).WaitAsync(TestLimits.Wait);

        Assert.Equal("10.0.0.1", _resolver.Current["a.test"]);
    }

    [Fact]
    public async Task Follow_NameNoLongerUsed_IsForgotten()
    {
        _names["a.test"] = ["10.0.0.1"];
        _names["b.test"] = ["10.0.0.2"];
        await _resolver.Follow(["a.test"]).WaitAsync(TestLimits.Wait);

        await _resolver.Follow(["b.test"]).WaitAsync(TestLimits.Wait);

        Assert.Equal(["b.test"], _resolver.Current.Keys);
    }

    private Task<IPAddress[]> LookUpAsync(string host, CancellationToken cancellation) =>
        _names.TryGetValue(host, out var addresses)
            ? Task.FromResult(addresses.Select(IPAddress.Parse).ToArray())
            : Task.FromException<IPAddress[]>(new SocketException((int)SocketError.HostNotFound));
}
