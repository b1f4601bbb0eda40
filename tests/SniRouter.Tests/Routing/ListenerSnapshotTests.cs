using System.Net;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Routing;
using Zoneway.SniRouter.Tls;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.Routing;

/// <summary>Which filter chain a connection gets: server name first, then transport protocol, then ALPN, without going back (FilterChainMatch).</summary>
public sealed class ListenerSnapshotTests
{
    [Fact]
    public void Find_ServerName_MostSpecificChain()
    {
        var listener = Listener([Chain("exact", "a.b"), Chain("wildcard", "*.b"), Chain("any")]);

        Assert.Equal("exact", Find(listener, "A.b"));
        Assert.Equal("wildcard", Find(listener, "x.b"));
        Assert.Equal("any", Find(listener, "b"));
        Assert.Equal("any", Find(listener, serverName: null));
    }

    [Fact]
    public void Find_NoChain_DefaultOrNull()
    {
        Assert.Null(Find(Listener([Chain("one", "a")]), "b"));
        Assert.Equal("default", Find(Listener([Chain("one", "a")], Chain("default")), "b"));
        Assert.Equal("default", Listener([Chain("one", "a")], Chain("default")).FindRawBuffer()?.Name);
    }

    [Fact]
    public void Find_SeveralNamesInOneChain_EachLeadsThere()
    {
        var listener = Listener([Chain("many", "a", "*.b", "c{mesh=default}")]);

        Assert.All(["a", "x.b", "c{mesh=default}"], name => Assert.Equal("many", Find(listener, name)));
    }

    [Fact]
    public void Find_TransportProtocol_TlsAndPlainTextPart()
    {
        var listener = Listener([Chain("tls", TransportProtocol.Tls), Chain("plain", TransportProtocol.RawBuffer)]);

        Assert.Equal("tls", Find(listener, "a"));
        Assert.Equal("plain", listener.FindRawBuffer()?.Name);
        Assert.Null(listener.Unconditional);
    }

    [Fact]
    public void Find_TransportProtocolOfTheNameDoesNotFit_NoWayBackToLessSpecificNames()
    {
        var plain = Chain("plain for a", "a") with { Match = new FilterChainMatch { ServerNames = ["a"], TransportProtocol = TransportProtocol.RawBuffer } };
        var listener = Listener([plain, Chain("any")], Chain("default"));

        Assert.Equal("default", Find(listener, "a"));
        Assert.Equal("any", Find(listener, "b"));
    }

    [Fact]
    public void Find_ExplicitTransport_BeatsNone()
    {
        var listener = Listener([Chain("any"), Chain("tls", TransportProtocol.Tls)]);

        Assert.Equal("tls", Find(listener, "a"));
        Assert.Equal("any", listener.FindRawBuffer()?.Name);
    }

    [Fact]
    public void Find_Alpn_ClientsOrderDecides()
    {
        var listener = Listener([WithAlpn("h2", "h2"), WithAlpn("old", "http/1.1", "http/1.0"), Chain("none")]);

        Assert.Equal("h2", Find(listener, "a", "h2", "http/1.1"));
        Assert.Equal("old", Find(listener, "a", "http/1.1", "h2"));
        Assert.Equal("old", Find(listener, "a", "kuma", "http/1.0"));
        Assert.Equal("none", Find(listener, "a", "kuma"));
        Assert.Equal("none", Find(listener, "a"));
    }

    [Fact]
    public void Find_AlpnRequiredAndNotOffered_Default()
    {
        var listener = Listener([WithAlpn("h2", "h2")], Chain("default"));

        Assert.Equal("default", Find(listener, "a", "H2"));
        Assert.Equal("default", Find(listener, "a"));
    }

    [Fact]
    public void Constructor_SameMatchTwice_FirstStaysAndTheConflictIsNamed()
    {
        var conflicts = new List<string>();

        var listener = Listener([Chain("first", "A"), Chain("second", "a"), Chain("third"), Chain("fourth"), WithAlpn("fifth", "h2"), WithAlpn("sixth", "h2")], conflicts: conflicts);

        Assert.Equal("first", Find(listener, "a"));
        Assert.Equal("third", Find(listener, "b"));
        Assert.Collection(
            conflicts,
            conflict => Assert.Equal("filter chain 'second': another chain already matches server name 'a'", conflict),
            conflict => Assert.Equal("filter chain 'fourth': another chain already matches the match without server names", conflict),
            conflict => Assert.StartsWith("filter chain 'sixth'", conflict));
    }

    [Fact]
    public void Constructor_ConflictInOneOfManyNames_OtherNamesOfTheChainMayBeServed()
    {
        var listener = Listener([Chain("first", "b"), Chain("second", "a", "b", "c")]);

        Assert.Equal("first", Find(listener, "b"));
        Assert.Equal("second", Find(listener, "a"));
    }

    [Fact]
    public void Unconditional_SingleChainWithoutConditions_OrOnlyADefault()
    {
        Assert.Equal("any", Listener([Chain("any")]).Unconditional?.Name);
        Assert.Equal("any", Listener([Chain("any")], Chain("default")).Unconditional?.Name);
        Assert.Equal("default", Listener([], Chain("default")).Unconditional?.Name);
    }

    [Fact]
    public void Unconditional_WhereTheFirstBytesMatter_Null()
    {
        Assert.Null(Listener([]).Unconditional);
        Assert.Null(Listener([Chain("named", "a")]).Unconditional);
        Assert.Null(Listener([Chain("tls", TransportProtocol.Tls)]).Unconditional);
        Assert.Null(Listener([WithAlpn("h2", "h2")]).Unconditional);
        Assert.Null(Listener([Chain("any"), Chain("named", "a")]).Unconditional);
    }

    [Fact]
    public void Constructor_ClustersOfAllChains_AreLinkedByName()
    {
        var clusters = new Dictionary<string, ClusterState>(StringComparer.Ordinal);
        var config = new ListenerConfig
        {
            Name = "l",
            Address = new IPEndPoint(IPAddress.Loopback, 0),
            FilterChains = [ChainTo("one", "c1", "c2"), ChainTo("two", "c1")],
            DefaultFilterChain = ChainTo("three", "c3"),
        };

        var listener = new ListenerSnapshot(config, name => clusters.TryGetValue(name, out var known) ? known : clusters[name] = new ClusterState(name), []);

        Assert.Equal(["c1", "c2", "c1", "c3"], listener.FilterChains.SelectMany(chain => chain.Targets).Select(target => target.Cluster.Name));
        Assert.Same(listener.FilterChains[0].Targets[0].Cluster, listener.FilterChains[1].Targets[0].Cluster);
    }

    [Fact]
    public void NextTarget_WeightedClusters_TakeTurnsByWeight()
    {
        var chain = new FilterChain(
            new FilterChainConfig
            {
                Name = "split",
                Action = new TcpProxyConfig { Clusters = [new("v1", 9, EndpointMetadata.Empty), new("v2", 1, EndpointMetadata.Empty)] },
            },
            name => new ClusterState(name));

        int v1 = Enumerable.Range(0, 1000).Count(_ => chain.NextTarget().Cluster.Name == "v1");

        Assert.Equal(900, v1);
    }

    [Fact]
    public void Find_AllocatesNothing()
    {
        var listener = Listener([Chain("exact", "a.b"), WithAlpn("h2", "h2"), Chain("wildcard", "*.b")]);
        byte[][] hellos = [Hello("a.b"), Hello("x.b", "h2"), Hello("nobody", "kuma", "h2"), Hello(null)];
        FindAll();

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            FindAll();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void FindAll()
        {
            foreach (byte[] hello in hellos)
            {
                using var reader = new ClientHelloReader();
                reader.Read(hello);
                listener.Find(reader.Hello);
            }
        }
    }

    private static ListenerSnapshot Listener(FilterChainConfig[] chains, FilterChainConfig? fallback = null, List<string>? conflicts = null) => new(
        new ListenerConfig { Name = "l", Address = new IPEndPoint(IPAddress.Loopback, 0), FilterChains = [.. chains], DefaultFilterChain = fallback },
        name => new ClusterState(name),
        conflicts ?? []);

    private static FilterChainConfig Chain(string name, params string[] serverNames) => new()
    {
        Name = name,
        Match = new FilterChainMatch { ServerNames = [.. serverNames] },
        Action = new QuarantinedConfig(name),
    };

    private static FilterChainConfig Chain(string name, TransportProtocol transport) => new()
    {
        Name = name,
        Match = new FilterChainMatch { TransportProtocol = transport },
        Action = new QuarantinedConfig(name),
    };

    private static FilterChainConfig WithAlpn(string name, params string[] protocols) => new()
    {
        Name = name,
        Match = new FilterChainMatch { ApplicationProtocols = [.. protocols] },
        Action = new QuarantinedConfig(name),
    };

    private static FilterChainConfig ChainTo(string name, params string[] clusters) => new()
    {
        Name = name,
        Match = new FilterChainMatch { ServerNames = [name] },
        Action = new TcpProxyConfig { Clusters = [.. clusters.Select(cluster => new WeightedCluster(cluster, 1, EndpointMetadata.Empty))] },
    };

    private static string? Find(ListenerSnapshot listener, string? serverName, params string[] alpn) => Find(listener, Hello(serverName, alpn));

    private static string? Find(ListenerSnapshot listener, byte[] hello)
    {
        using var reader = new ClientHelloReader();
        Assert.Equal(ClientHelloReadStatus.Complete, reader.Read(hello));
        return listener.Find(reader.Hello)?.Name;
    }

    private static byte[] Hello(string? serverName, params string[] alpn)
    {
        var builder = new ClientHelloBuilder();
        if (serverName is not null)
        {
            builder.WithServerName(serverName);
        }

        return (alpn.Length > 0 ? builder.WithAlpn(alpn) : builder).Build();
    }
}
