using Envoy.Config.Core.V3;
using Envoy.Config.Listener.V3;
using Envoy.Extensions.Filters.Network.TcpProxy.V3;
using Zoneway.SniRouter.Routing;
using DirectResponse = Envoy.Extensions.Filters.Network.DirectResponse.V3.Config;
using FilterChain = Envoy.Config.Listener.V3.FilterChain;
using FilterChainMatch = Zoneway.SniRouter.Routing.FilterChainMatch;
using LocalRateLimit = Envoy.Extensions.Filters.Network.LocalRatelimit.V3.LocalRateLimit;
using Rbac = Envoy.Extensions.Filters.Network.Rbac.V3.RBAC;
using SetFilterState = Envoy.Extensions.Filters.Network.SetFilterState.V3.Config;

namespace Zoneway.Xds.Translation;

/// <summary>envoy.config.listener.v3.FilterChain to <see cref="FilterChainConfig"/>.</summary>
internal static class FilterChainTranslator
{
    /// <summary>Translates a chain. With errors noted it becomes one that refuses its connections.</summary>
    public static TranslatedFilterChain Translate(FilterChain message, Findings findings, bool isAdmin = false, bool terminates = true)
    {
        var matchFindings = findings.At("filter_chain_match");
        var match = FilterChainMatchTranslator.Translate(message.FilterChainMatch, matchFindings);
        NoteMatch(match, findings);
        var admin = isAdmin ? AdminChainTranslator.Translate(message, findings) : null;
        var action = admin ?? (TerminationNeed.IsNeeded(message) ? TranslateTerminated(message, findings, terminates) : TranslateAction(message, findings));
        var config = new FilterChainConfig
        {
            Name = NameOf(message, match),
            Match = match,
            Action = findings.FirstError is { } error ? new QuarantinedConfig($"{error.Field}: {error.Reason}") : action!,
        };
        return new(config, IsPlaced: !matchFindings.HasErrors, admin is null && TerminationNeed.IsHttp(message));
    }

    private static void NoteMatch(FilterChainMatch match, Findings findings)
    {
        if (match.ServerNames.Length > 0)
        {
            findings.Enforce("filter_chain_match.server_names", $"server names {string.Join(", ", match.ServerNames)}");
        }

        if (match.ApplicationProtocols.Length > 0)
        {
            findings.Enforce("filter_chain_match.application_protocols", $"ALPN {string.Join(", ", match.ApplicationProtocols)}");
        }
    }

    private static FilterChainActionConfig? TranslateAction(FilterChain message, Findings findings)
    {
        OfChain(message, findings);
        findings.IgnoreIf(message.TransportSocketConnectTimeout is not null, "transport_socket_connect_timeout", "the hello timeout is an option of the program");
        findings.RejectIf(!TransportSockets.IsPlain(message.TransportSocket), "transport_socket", "the transport socket is not known");
        if (message.Filters.Count == 0)
        {
            // As in Envoy: nothing takes the connection, so it is closed.
            findings.Enforce("filters", "no filter: every connection is closed");
            return new DirectResponseConfig(default);
        }

        QuarantinedConfig? denied = null;
        LocalRateLimitConfig? rateLimit = null;
        if (ResourceReader.TypeName(message.Filters[^1].TypedConfig) == FilterTypes.Rbac)
        {
            return TranslateUntaken(message, findings);
        }

        var isProxy = ResourceReader.TypeName(message.Filters[^1].TypedConfig) == FilterTypes.TcpProxy;
        for (var i = 0; i < message.Filters.Count - 1; i++)
        {
            var scope = findings.At("filters", i);
            if (isProxy && rateLimit is null && ResourceReader.TypeName(message.Filters[i].TypedConfig) == FilterTypes.RateLimit)
            {
                rateLimit = TranslateRateLimit(message.Filters[i], scope);
            }
            else
            {
                denied ??= TranslateLeading(message.Filters[i], scope);
            }
        }

        var action = TranslateLast(message.Filters[^1], findings.At("filters", message.Filters.Count - 1));
        return denied ?? (rateLimit is not null && action is TcpProxyConfig proxy ? proxy with { RateLimit = rateLimit } : action);
    }

    // Envoy accepts a chain without any filter, and closes its connections; one that ends with access control cannot mean anything else.
    private static DirectResponseConfig TranslateUntaken(FilterChain message, Findings findings)
    {
        for (var i = 0; i < message.Filters.Count; i++)
        {
            _ = TranslateLeading(message.Filters[i], findings.At("filters", i));
        }

        findings.Enforce("filters", "no filter takes the connection: every one is closed");
        return new DirectResponseConfig(default);
    }

    private static FilterChainActionConfig? TranslateTerminated(FilterChain message, Findings findings, bool terminates)
    {
        const string Elsewhere = "this program passes TLS through and does not end it; zone-egress serves such chains";
        if (terminates)
        {
            return TerminatedChainTranslator.Translate(message, OfChain(message, findings));
        }

        // The control plane has done nothing wrong, so it is not told of an error; but no connection may get past what is asked for here.
        findings.Ignore("", $"{Elsewhere}; connections of this chain are refused");
        return new QuarantinedConfig(Elsewhere);
    }

    private static Findings OfChain(FilterChain message, Findings findings)
    {
        findings.RejectUnsafeFields();
        findings.RejectIf(message.UseProxyProto == true, "use_proxy_proto", "the PROXY protocol is not spoken");
        return findings;
    }

    /// <summary>A filter before the last one: passed over where it asks for nothing, a refusal where it denies everyone, else an error.</summary>
    private static QuarantinedConfig? TranslateLeading(Filter filter, Findings findings)
    {
        findings.RejectUnsafeFields();
        var type = ResourceReader.TypeName(filter.TypedConfig);
        if (type == FilterTypes.Rbac)
        {
            return ResourceReader.Unpack(filter.TypedConfig, Rbac.Parser, findings, "typed_config") is { } rbac ? NetworkRbacTranslator.Translate(rbac, findings.At("typed_config")) : null;
        }

        if (type == FilterTypes.FilterState && ResourceReader.Unpack(filter.TypedConfig, SetFilterState.Parser, findings, "typed_config") is { } state && IsOfKuma(state))
        {
            findings.Ignore("typed_config", "no filter of this chain reads the state that is set here");
            return null;
        }

        RejectFilter(filter, findings);
        return null;
    }

    // Keys of Kuma are for Kuma's own rules (protocol §8, MeshTimeout and MeshRateLimit); others could tell tcp_proxy where to connect to.
    private static bool IsOfKuma(SetFilterState state) =>
        state.OnNewConnection.Concat(state.OnDownstreamTlsHandshake).All(value => value.ObjectKey.StartsWith("kuma.", StringComparison.Ordinal));

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

    private static LocalRateLimitConfig? TranslateRateLimit(Filter filter, Findings findings)
    {
        findings.RejectUnsafeFields();
        return ResourceReader.Unpack(filter.TypedConfig, LocalRateLimit.Parser, findings, "typed_config") is { } limit
            ? LocalRateLimitTranslator.Translate(limit, findings.At("typed_config"))
            : null;
    }

    /// <summary>Fixed bytes; null, with an error noted, for those that are not given inline.</summary>
    public static DirectResponseConfig? TranslateDirectResponse(DataSource? source, Findings findings)
    {
        switch (source?.SpecifierCase ?? DataSource.SpecifierOneofCase.None)
        {
            case DataSource.SpecifierOneofCase.InlineBytes:
                findings.Enforce("", $"answers with {source!.InlineBytes.Length} bytes");
                return new DirectResponseConfig(source!.InlineBytes.Memory);
            case DataSource.SpecifierOneofCase.InlineString:
                var text = System.Text.Encoding.UTF8.GetBytes(source!.InlineString);
                findings.Enforce("", $"answers with {text.Length} bytes");
                return new DirectResponseConfig(text);
            case DataSource.SpecifierOneofCase.None:
                return new DirectResponseConfig(default);
            default:
                findings.Reject("", "only inline bytes and strings are supported");
                return null;
        }
    }

    private static void RejectFilter(Filter filter, Findings findings) =>
        findings.Reject("typed_config", FilterTypes.WhyUnsupported(ResourceReader.TypeName(filter.TypedConfig)));

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
