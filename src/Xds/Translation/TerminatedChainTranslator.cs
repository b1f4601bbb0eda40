using Envoy.Config.Core.V3;
using Envoy.Config.Listener.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Envoy.Extensions.Filters.Network.TcpProxy.V3;
using Google.Protobuf.WellKnownTypes;
using Zoneway.MutualTls;
using Zoneway.SniRouter.Routing;
using Zoneway.Termination;
using Zoneway.Termination.Rbac;
using Zoneway.Xds.Translation.Http;
using Zoneway.Xds.Translation.Tls;
using DirectResponse = Envoy.Extensions.Filters.Network.DirectResponse.V3.Config;
using FilterChain = Envoy.Config.Listener.V3.FilterChain;
using LocalRateLimit = Envoy.Extensions.Filters.Network.LocalRatelimit.V3.LocalRateLimit;
using NetworkRbac = Envoy.Extensions.Filters.Network.Rbac.V3.RBAC;
using SetFilterState = Envoy.Extensions.Filters.Network.SetFilterState.V3.Config;

namespace Zoneway.Xds.Translation;

/// <summary>A filter chain whose TLS or HTTP ends here to <see cref="TerminatedChainConfig"/> (protocol §5.3–§5.5, §8). Any filter that cannot be run makes the chain refuse.</summary>
internal static class TerminatedChainTranslator
{
    /// <summary>Translates a chain; what is returned must not be used when errors were noted.</summary>
    public static TerminatedChainConfig? Translate(FilterChain message, Findings findings)
    {
        var tls = TranslateTls(message.TransportSocket, findings.At("transport_socket"));
        var filters = new Filters();
        for (var i = 0; i < message.Filters.Count; i++)
        {
            var scope = findings.At("filters", i);
            scope.RejectUnsafeFields();
            scope.RejectIf(filters.IsComplete, "", "nothing may follow a filter that takes the connection");
            filters.Add(message.Filters[i], scope);
        }

        if (!filters.IsComplete && !findings.HasErrors)
        {
            // As in Envoy: nothing takes the connection, so it is closed when everything before has let it pass.
            findings.Enforce("filters", "no filter takes the connection: every one is closed");
            filters.Response = new DirectResponseConfig(default);
        }

        return new TerminatedChainConfig
        {
            Tls = tls,
            HandshakeTimeout = TranslateTimeout(message.TransportSocketConnectTimeout, findings),
            AccessControl = [.. filters.AccessControl],
            RateLimit = filters.RateLimit,
            FilterState = [.. filters.State],
            Tcp = filters.Tcp,
            Http = filters.Http,
            Response = filters.Response,
        };
    }

    // To Envoy zero is no limit. Here there is always one, as a client that has shown no certificate must not hold a connection for ever.
    private static TimeSpan? TranslateTimeout(Duration? duration, Findings findings)
    {
        const string Field = "transport_socket_connect_timeout";
        if (duration is null || DurationTranslator.Translate(duration, findings, Field) is not { } timeout)
        {
            return null;
        }

        if (timeout == TimeSpan.Zero)
        {
            findings.Ignore(Field, "zero: the handshake timeout is that of the program");
            return null;
        }

        findings.Enforce(Field, $"TLS handshake within {DurationText.Of(timeout)}");
        return timeout;
    }

    private static DownstreamTlsConfig? TranslateTls(TransportSocket? socket, Findings findings) =>
        TransportSockets.IsPlain(socket) ? null : TlsContextTranslator.TranslateDownstream(socket!, findings);

    /// <summary>What the filters of a chain come to.</summary>
    private sealed class Filters
    {
        public List<RbacFilterConfig> AccessControl { get; } = [];

        public List<FilterStateConfig> State { get; } = [];

        public LocalRateLimitConfig? RateLimit { get; private set; }

        public TcpProxyConfig? Tcp { get; private set; }

        public Termination.Http.HttpConnectionManagerConfig? Http { get; private set; }

        public DirectResponseConfig? Response { get; set; }

        public bool IsComplete { get; private set; }

        public void Add(Filter filter, Findings findings)
        {
            var body = findings.At("typed_config");
            var type = ResourceReader.TypeName(filter.TypedConfig);
            if (type == FilterTypes.Rbac)
            {
                if (ResourceReader.Unpack(filter.TypedConfig, NetworkRbac.Parser, findings, "typed_config") is { } rbac && RbacTranslator.Translate(rbac, body) is { } config)
                {
                    AccessControl.Add(config);
                }
            }
            else if (type == FilterTypes.RateLimit)
            {
                findings.RejectIf(RateLimit is not null, "", "a chain has one local rate limit");
                RateLimit = ResourceReader.Unpack(filter.TypedConfig, LocalRateLimit.Parser, findings, "typed_config") is { } limit ? LocalRateLimitTranslator.Translate(limit, body) : null;
            }
            else if (type == FilterTypes.FilterState)
            {
                if (ResourceReader.Unpack(filter.TypedConfig, SetFilterState.Parser, findings, "typed_config") is { } state)
                {
                    State.AddRange(FilterStateTranslator.Translate(state, body));
                }
            }
            else
            {
                AddLast(filter, type, findings, body);
            }
        }

        private void AddLast(Filter filter, string type, Findings findings, Findings body)
        {
            IsComplete = true;
            if (type == FilterTypes.HttpConnectionManager)
            {
                Http = ResourceReader.Unpack(filter.TypedConfig, HttpConnectionManager.Parser, findings, "typed_config") is { } http ? HttpConnectionManagerTranslator.Translate(http, body) : null;
            }
            else if (type == FilterTypes.TcpProxy)
            {
                Tcp = ResourceReader.Unpack(filter.TypedConfig, TcpProxy.Parser, findings, "typed_config") is { } proxy ? TcpProxyTranslator.Translate(proxy, body) : null;
            }
            else if (type == FilterTypes.DirectResponse)
            {
                Response = ResourceReader.Unpack(filter.TypedConfig, DirectResponse.Parser, findings, "typed_config") is { } response
                    ? FilterChainTranslator.TranslateDirectResponse(response.Response, body.At("response"))
                    : null;
            }
            else
            {
                findings.Reject("typed_config", FilterTypes.WhyUnsupported(type));
            }
        }
    }
}
