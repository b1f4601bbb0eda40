using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Zoneway.SniRouter.Routing;
using Zoneway.Xds.Protocol;
using Zoneway.Xds.Resources;
using Zoneway.Xds.Translation;
using static Zoneway.Xds.Tests.Translation.TestResources;

namespace Zoneway.Xds.Tests.Translation;

/// <summary>Chains whose match is not understood: what they may be meant for is closed, and nothing else.</summary>
public sealed class FilterChainMatchTests
{
    private const string ToA = "cluster: a";

    [Theory]
    [InlineData("prefixRanges: [{addressPrefix: 10.0.0.0, prefixLen: 8}]", "prefix_ranges")]
    [InlineData("destinationPort: 443", "destination_port")]
    [InlineData("sourceType: EXTERNAL", "source_type")]
    [InlineData("sourcePrefixRanges: [{addressPrefix: 10.0.0.0, prefixLen: 8}]", "source_prefix_ranges")]
    [InlineData("directSourcePrefixRanges: [{addressPrefix: 10.0.0.0, prefixLen: 8}]", "direct_source_prefix_ranges")]
    [InlineData("sourcePorts: [1]", "source_ports")]
    [InlineData("transportProtocol: quic", "transport_protocol")]
    public void Translate_MatchNotUnderstood_ClosesItsServerNames(string criterion, string field)
    {
        var listener = Translate(
            out var errors,
            Chain($"serverNames: [x, Y], {criterion}", TcpProxy(ToA)),
            Chain("serverNames: [y]", TcpProxy(ToA)),
            Chain("serverNames: [X, z]", TcpProxy(ToA)),
            Chain("", TcpProxy(ToA)));

        Assert.Equal($"filter_chains[0].filter_chain_match.{field}", Assert.Single(errors).Field);
        Assert.Equal([["z"], [], ["x", "Y"]], listener.FilterChains.Select(chain => chain.Match.ServerNames.ToArray()));
        Assert.IsType<TcpProxyConfig>(listener.FilterChains[0].Action);
        Assert.IsType<TcpProxyConfig>(listener.FilterChains[1].Action);
        Assert.IsType<QuarantinedConfig>(listener.FilterChains[2].Action);
        Assert.Equal(TransportProtocol.Any, listener.FilterChains[2].Match.TransportProtocol);
    }

    [Fact]
    public void Translate_MatchWithoutServerNamesNotUnderstood_ClosesCatchAll()
    {
        var listener = Translate(
            out var errors,
            Chain("prefixRanges: [{addressPrefix: 10.0.0.0, prefixLen: 8}]", TcpProxy(ToA)),
            Chain("serverNames: [x]", TcpProxy(ToA)),
            Chain("transportProtocol: tls", TcpProxy(ToA)));

        Assert.Single(errors);
        Assert.Equal([["x"], []], listener.FilterChains.Select(chain => chain.Match.ServerNames.ToArray()));
        Assert.IsType<QuarantinedConfig>(listener.FilterChains[1].Action);
    }

    [Theory]
    [InlineData("*")]
    [InlineData("*.")]
    [InlineData("a*.test")]
    [InlineData("")]
    public void Translate_ServerNameNotUnderstood_ClosesCatchAll(string name)
    {
        var listener = Translate(out var errors, Chain($"serverNames: ['{name}']", TcpProxy(ToA)), Chain("", TcpProxy(ToA)));

        Assert.Equal("filter_chains[0].filter_chain_match.server_names[0]", Assert.Single(errors).Field);
        var chain = Assert.Single(listener.FilterChains);
        Assert.Equal((0, true), (chain.Match.ServerNames.Length, chain.Action is QuarantinedConfig));
    }

    [Fact]
    public void Translate_SeveralMatchesNotUnderstood_CloseEachNameOnce()
    {
        var listener = Translate(out _, Chain("serverNames: [x, y], sourcePorts: [1]", TcpProxy(ToA)), Chain("serverNames: [X, z], sourcePorts: [2]", TcpProxy(ToA)));

        Assert.Equal([["x", "y"], ["z"]], listener.FilterChains.Select(chain => chain.Match.ServerNames.ToArray()));
    }

    [Fact]
    public void Translate_MatchFieldNotDeclared_ClosesItsServerNames()
    {
        var chain = new Envoy.Config.Listener.V3.FilterChain { FilterChainMatch = Envoy.Config.Listener.V3.FilterChainMatch.Parser.ParseFrom([0x5A, 1, (byte)'x', 0x98, 0x06, 1]) };

        var result = ListenerTranslator.Translate(Pack(chain));

        Assert.Contains(result.Errors, error => error.Field == "filter_chains[0].filter_chain_match.99");
        Assert.Equal(["x"], Assert.Single(result.Config!.FilterChains).Match.ServerNames.ToArray());
    }

    private static XdsResource Pack(Envoy.Config.Listener.V3.FilterChain chain)
    {
        var listener = Envoy.Config.Listener.V3.Listener.Parser.ParseFrom(ListenerWith("in").Body.Value);
        listener.FilterChains.Add(chain);
        return new XdsResource("in", "1", new Any { TypeUrl = TypeUrls.Listener, Value = listener.ToByteString() });
    }

    private static ListenerConfig Translate(out IReadOnlyList<TranslationError> errors, params string[] chains)
    {
        var result = ListenerTranslator.Translate(ListenerWith("in", chains));
        errors = result.Errors;
        return result.Config!;
    }
}
