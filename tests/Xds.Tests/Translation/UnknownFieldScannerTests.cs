using Envoy.Config.Listener.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Zoneway.Xds.Translation;
using static Zoneway.Xds.Tests.Translation.TestResources;

namespace Zoneway.Xds.Tests.Translation;

public sealed class UnknownFieldScannerTests
{
    private static readonly byte[] Field99 = [0x98, 0x06, 1];

    [Fact]
    public void Scan_OnlyDeclaredFields_FindsNothing() =>
        Assert.Empty(Scan(ListenerWith("in", Chain("serverNames: [a], sourcePorts: [1, 2]", TcpProxy("cluster: a, metadataMatch: {filterMetadata: {envoy.lb: {a: '1'}}}"))).Body.Value));

    [Fact]
    public void Scan_FieldInsideAny_HasItsPath()
    {
        var filter = new Filter { TypedConfig = new Any { TypeUrl = TcpProxyType, Value = ByteString.CopyFrom(Field99) } };
        var listener = new Envoy.Config.Listener.V3.Listener { FilterChains = { new FilterChain(), new FilterChain { Filters = { filter } } } };

        Assert.Equal([new UnknownField("filter_chains[1].filters[0].typed_config", 99, IsUnsafe: false)], Scan(listener.ToByteString()));
    }

    [Fact]
    public void Scan_DeclaredFieldOfAnotherWireType_IsUnknown() =>
        Assert.Equal([new UnknownField("", 3, IsUnsafe: false)], Scan(ByteString.CopyFrom(0x18, 1))); // filter_chains as a varint

    [Fact]
    public void Scan_FieldsThatDecideWhereTrafficGoes_AreUnsafe()
    {
        var chain = new Envoy.Config.Listener.V3.Listener { FilterChains = { FilterChain.Parser.ParseFrom([.. Field99, 0x42, 0]) } }; // and field 8, on_demand_configuration

        Assert.Equal([("filter_chains[0]", 99, true), ("filter_chains[0]", 8, false)], Scan(chain.ToByteString()).Select(field => (field.Message, field.Number, field.IsUnsafe)));
    }

    [Fact]
    public void Scan_MessageFullOfUnknownFields_ReportsAFew()
    {
        var bytes = ByteString.CopyFrom([.. Enumerable.Repeat<byte[]>([0xC0, 0x01, 5], 10_000).SelectMany(field => field), 0x82, 0x02, 0]);

        var found = Scan(bytes);

        Assert.InRange(found.Count, 2, 20);
        Assert.Contains(found, field => field.IsUnsafe);
    }

    private static IReadOnlyList<UnknownField> Scan(ByteString bytes) => UnknownFieldScanner.Scan(Envoy.Config.Listener.V3.Listener.Descriptor, bytes.Span);
}
