using Zoneway.ZoneControlPlane.Catalog;
using Zoneway.ZoneControlPlane.Resources;

namespace Zoneway.ZoneControlPlane.Tests.Catalog;

public sealed class ProxyRegistryTests
{
    [Fact]
    public void Register_ThenDispose_TellsOfBoth()
    {
        var registry = new ProxyRegistry();
        var changes = 0;
        registry.Changed.Subscribe(() => changes++);

        var registration = registry.Register(Egress("10.0.0.1"));
        Assert.Single(registry.Current);
        registration.Dispose();

        Assert.Empty(registry.Current);
        Assert.Equal(2, changes);
    }

    [Fact]
    public void Dispose_AfterAnotherTookThePlace_LeavesTheOther()
    {
        var registry = new ProxyRegistry();
        var first = registry.Register(Egress("10.0.0.1"));
        registry.Register(Egress("10.0.0.2"));

        first.Dispose();

        Assert.Equal("10.0.0.2", ((ZoneEgressResource)registry.Current.Values.Single()).Networking.Host);
    }

    private static ZoneEgressResource Egress(string address) => new("e", 1) { Networking = new HostPort(address, 10002) };
}
