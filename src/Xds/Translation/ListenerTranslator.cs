using Envoy.Config.Listener.V3;
using Envoy.Extensions.Filters.Listener.TlsInspector.V3;
using Zoneway.SniRouter.Routing;
using Zoneway.Xds.Admin;
using Zoneway.Xds.Resources;

namespace Zoneway.Xds.Translation;

/// <summary>envoy.config.listener.v3.Listener to <see cref="ListenerConfig"/>. Never throws on bad input.</summary>
internal static class ListenerTranslator
{
    private static readonly string TlsInspectorType = TlsInspector.Descriptor.FullName;

    /// <summary>Translates a resource of LDS.</summary>
    public static TranslationResult<ListenerConfig> Translate(XdsResource resource, bool explains = true, bool terminates = true)
    {
        var findings = new Findings(resource.Name, explains);
        if (ResourceReader.Read(resource, Listener.Parser, listener => listener.Name, findings) is not { } message)
        {
            return new() { Errors = findings.Errors, Ignored = findings.Ignored };
        }

        var config = Translate(message, findings, terminates);
        return new()
        {
            Config = config,
            Errors = findings.Errors,
            Ignored = findings.Ignored,
            Enforced = config is null ? [] : findings.Enforced,
            Secrets = SecretReferences.Of(message),
        };
    }

    private static ListenerConfig? Translate(Listener message, Findings findings, bool terminates)
    {
        // Errors of chains quarantine the chains; those of the listener around them the whole.
        var own = findings.At("");
        own.RejectUnsafeFields();
        NoteUnsupported(message, own);
        var address = AddressTranslator.TranslateListener(message.Address, own.At("address"));
        own.RejectIf(message.FilterChains.Count == 0 && message.DefaultFilterChain is null, "filter_chains", "at least one filter chain is needed");

        var isAdmin = AdminListener.IsName(message.Name);
        var chains = new List<TranslatedFilterChain>(message.FilterChains.Count);
        for (var i = 0; i < message.FilterChains.Count; i++)
        {
            chains.Add(FilterChainTranslator.Translate(message.FilterChains[i], findings.At("filter_chains", i, part: message.FilterChains[i]), isAdmin, terminates));
        }

        var fallback = message.DefaultFilterChain is { } chain ? FilterChainTranslator.Translate(chain, findings.At("default_filter_chain", chain), terminates: terminates) : null;
        if (WhyNotServed(message, chains, fallback, terminates) is { } why)
        {
            findings.Excuse();
            findings.Ignore("", why);
            return null;
        }

        return own.HasErrors ? null : new ListenerConfig
        {
            Name = message.Name,
            Address = address!,
            FilterChains = FilterChainPlacement.Arrange(chains),
            DefaultFilterChain = fallback?.Config,
            AccessLogs = AccessLogTranslator.Translate(message.AccessLog, own),
        };
    }

    private static string? WhyNotServed(Listener message, List<TranslatedFilterChain> chains, TranslatedFilterChain? fallback, bool terminates)
    {
        if (message.BindToPort == false)
        {
            return "the listener is not bound to a port, so nothing can connect to it";
        }

        var isHttp = chains.Count + (fallback is null ? 0 : 1) > 0 && chains.TrueForAll(chain => chain.IsHttp) && fallback is null or { IsHttp: true };
        return isHttp && message.Address?.Pipe is not null ? "a listener on a Unix socket serves agents of Kuma on the same machine; it is not bound"
            : isHttp && !terminates ? "the listener speaks HTTP only, which this program does not; it is not bound"
            : null;
    }

    private static void NoteUnsupported(Listener message, Findings findings)
    {
        findings.RejectIf(message.UseOriginalDst == true, "use_original_dst", "redirected connections are not supported");
        for (var i = 0; i < message.ListenerFilters.Count; i++)
        {
            NoteListenerFilter(message.ListenerFilters[i], findings.At("listener_filters", i));
        }

        findings.IgnoreIf(message.AdditionalAddresses.Count > 0, "additional_addresses", "only the first address is bound");
        findings.IgnoreIf(message.Transparent == true, "transparent", "transparent sockets are not supported");
        findings.IgnoreIf(message.SocketOptions.Count > 0, "socket_options", "socket options are not configurable");
        findings.IgnoreIf(message.PerConnectionBufferLimitBytes is not null, "per_connection_buffer_limit_bytes", "buffers have a fixed size");
        findings.IgnoreIf(message.ListenerFiltersTimeout is not null, "listener_filters_timeout", "the hello timeout is an option of the program");
        findings.IgnoreIf(message.ContinueOnListenerFiltersTimeout, "continue_on_listener_filters_timeout", "a connection without a ClientHello in time is closed");
        findings.IgnoreIf(message.IgnoreGlobalConnLimit, "ignore_global_conn_limit", "the connection limit holds for every listener");
    }

    // A listener filter can change the bytes or the addresses that chains see, so only those known to do neither may be passed over.
    private static void NoteListenerFilter(ListenerFilter filter, Findings findings)
    {
        var type = ResourceReader.TypeName(filter.TypedConfig);
        if (type == "envoy.extensions.filters.listener.http_inspector.v3.HttpInspector")
        {
            findings.Ignore("typed_config", "the HTTP version is not detected");
            return;
        }

        findings.RejectIf(type != TlsInspectorType, "typed_config", type.Length == 0 ? "a typed configuration is needed" : $"the listener filter '{type}' is not known");
        findings.IgnoreIf(filter.FilterDisabled is not null, "filter_disabled", "the ClientHello is always read where chains need it");
    }
}
