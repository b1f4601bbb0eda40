using System.Text;
using BenchmarkDotNet.Attributes;
using Zoneway.SniRouter.Routing;
using Zoneway.SniRouter.Tls;
using Zoneway.TestUtilities;

namespace Zoneway.Microbenchmarks;

/// <summary>From a server name to its filter chain, with so many routes: nine in ten exact, one in ten a wildcard.</summary>
public class RouteLookupBenchmarks
{
    private ServerNameTable<string> _table = new();
    private ListenerSnapshot _listener = null!;
    private byte[] _exact = [];
    private byte[] _wildcard = [];
    private byte[] _unknown = [];
    private byte[] _hello = [];

    [Params(10, 1_000, 10_000)]
    public int Routes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _table = new ServerNameTable<string>();
        foreach (string name in SampleRoutes.ServerNames(Routes))
        {
            _table.GetOrAdd(name, () => name);
        }

        _listener = new ListenerSnapshot(SampleRoutes.Listener(Routes), static name => new(name), []);
        _exact = Encoding.ASCII.GetBytes(SampleRoutes.ExactName(Routes / 2));
        _wildcard = Encoding.ASCII.GetBytes("a.b.zone-0.mesh.example");
        _unknown = Encoding.ASCII.GetBytes("nobody.knows.this.name.example");
        _hello = ClientHelloBuilder.Typical(SampleRoutes.ExactName(Routes / 2)).Build();
    }

    [Benchmark]
    public object? Exact() => _table.Find(_exact);

    [Benchmark]
    public object? Wildcard() => _table.Find(_wildcard);

    [Benchmark]
    public object? Unknown() => _table.Find(_unknown);

    /// <summary>All that happens between the first bytes and the chain: the hello is read, the name looked up, transport protocol and ALPN matched.</summary>
    [Benchmark]
    public FilterChain? HelloToChain()
    {
        using var reader = new ClientHelloReader();
        return reader.Read(_hello) == ClientHelloReadStatus.Complete
            ? _listener.Find(reader.Hello)
            : throw new InvalidOperationException("The hello is not readable");
    }
}
