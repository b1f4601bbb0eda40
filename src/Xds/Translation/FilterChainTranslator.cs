using Envoy.Config.Core.V3;
using Envoy.Config.Listener.V3;
using Envoy.Extensions.Filters.Network.TcpProxy.V3;
using Zoneway.SniRouter.Routing;
using DirectResponse = Envoy.Extensions.Filters.Network.DirectResponse.V3.Config;
using FilterChain = Envoy.Config.Listener.V3.FilterChain;
using FilterChainMatch = Zoneway.SniRouter.Routing.FilterChainMatch;

namespace Zoneway.Xds.Translation;

/// <summary>envoy.config.listener.v3.FilterChain to <see cref="FilterChainConfig"/>.</summary>
internal static class FilterChainTranslator
{
    /// <summary>Translates a chain. With errors noted it becomes one that refuses its connections.</summary>
    public static TranslatedFilterChain Translate(FilterChain message, Findings findings)
    {
        var matchFindings = findings.At("filter_chain_match");
        var match = FilterChainMatchTranslator.Translate(message.FilterChainMatch, matchFindings);
        var action = TranslateAction(message, findings);
        var config = new FilterChainConfig
        {
            Name = NameOf(message, match),
            Match = match,
            Action = findings.FirstError is { } error ? new QuarantinedConfig($"{error.Field}: {error.Reason}") : action!,
        };
        return new(config, IsPlaced: !matchFindings.HasErrors, IsHttp(message));
    }

    private static FilterChainActionConfig? TranslateAction(FilterChain message, Findings findings)
    {
        findings.RejectUnsafeFields();
        findings.RejectIf(!TransportSockets.IsPlain(message.TransportSocket), "transport_socket", "terminating TLS is not available");
        findings.RejectIf(message.UseProxyProto == true, "use_proxy_proto", "the PROXY protocol is not spoken");
        for (var i = 0; i < message.Filters.Count - 1; i++)
        {
            RejectFilter(message.Filters[i], findings.At("filters", i));
        }

        if (message.Filters.Count == 0)
        {
            findings.Reject("filters", "at least one filter is needed");
            return null;
        }

        return TranslateLast(message.Filters[^1], findings.At("filters", message.Filters.Count - 1));
    }

    private static FilterChainActionConfig? TranslateLast(Filter filter, Findings findings)
    {
        findings.RejectUnsafeFields();
        var type = ResourceReader.TypeName(filter.TypedConfig);
        if (type == FilterTypes.TcpProxy)
        {
            return ResourceReader.Unpack(filter.TypedConfig, TcpProxy.Parser, findings, "typed_config") is { } proxy
                ? TcpProxyTranslator.Translate(proxy, findings.At("typed_config"))
                : null;
        }

        if (type == FilterTypes.DirectResponse)
        {
            return ResourceReader.Unpack(filter.TypedConfig, DirectResponse.Parser, findings, "typed_config") is { } response
                ? TranslateDirectResponse(response.Response, findings.At("typed_config").At("response"))
                : null;
        }

        RejectFilter(filter, findings);
        return null;
    }

    private static DirectResponseConfig? TranslateDirectResponse(DataSource? source, Findings findings)
    {
        switch (source?.SpecifierCase ?? DataSource.SpecifierOneofCase.None)
        {
            case DataSource.SpecifierOneofCase.InlineBytes:
                return new DirectResponseConfig(source!.InlineBytes.Memory);
            case DataSource.SpecifierOneofCase.InlineString:
                return new DirectResponseConfig(System.Text.Encoding.UTF8.GetBytes(source!.InlineString));
            case DataSource.SpecifierOneofCase.None:
                return new DirectResponseConfig(default);
            default:
                findings.Reject("", "only inline bytes and strings are supported");
                return null;
        }
    }

    private static void RejectFilter(Filter filter, Findings findings) =>
        findings.Reject("typed_config", FilterTypes.WhyUnsupported(ResourceReader.TypeName(filter.TypedConfig)));

    private static bool IsHttp(FilterChain message) =>
        message.Filters.Any(filter => ResourceReader.TypeName(filter.TypedConfig) == FilterTypes.HttpConnectionManager);

    private static string NameOf(FilterChain message, FilterChainMatch match) =>
        message.Name.Length > 0 ? message.Name
        : match.ServerNames.Length > 0 ? match.ServerNames[0]
        : match.TransportProtocol switch
        {
            TransportProtocol.Tls => "tls",
            TransportProtocol.RawBuffer => "raw_buffer",
            _ => "any",
        };
}

/// <summary>A chain, and what its listener has to know of it.</summary>
/// <param name="Config">The chain.</param>
/// <param name="IsPlaced">False when the match was not understood in full; the chain's server names may then not go to any other chain.</param>
/// <param name="IsHttp">Whether it hands its connections to an HTTP connection manager.</param>
internal sealed record TranslatedFilterChain(FilterChainConfig Config, bool IsPlaced, bool IsHttp);
