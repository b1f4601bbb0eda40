namespace Zoneway.Hosting.Settings;

/// <summary>Every setting of the proxies. Names that begin with <c>KUMA_</c>, and their flags, are those of kuma-dp (protocol §9.5); the others are our own.</summary>
internal static class KnownSettings
{
    public static readonly Setting CpAddress = new("--cp-address", "KUMA_CONTROL_PLANE_URL", "Zone control plane, such as https://cp.example:5678.");
    public static readonly Setting CaCertFile = new("--ca-cert-file", "KUMA_CONTROL_PLANE_CA_CERT_FILE", "PEM file with the CA of the control plane. Default: the system's CAs.");
    public static readonly Setting CaCert = new(null, "KUMA_CONTROL_PLANE_CA_CERT", "The CA of the control plane as PEM text.");
    public static readonly Setting SkipVerify = new("--skip-verify", "KUMA_CONTROL_PLANE_TLS_SKIP_VERIFY", "Trust any certificate when fetching the bootstrap document.") { IsSwitch = true };
    public static readonly Setting RetryBackoff = new(null, "KUMA_CONTROL_PLANE_RETRY_BACKOFF", "Time between attempts to get the bootstrap document. Default 3s.");
    public static readonly Setting RetryMaxDuration = new(null, "KUMA_CONTROL_PLANE_RETRY_MAX_DURATION", "How long to go on trying. Default 5m.");
    public static readonly Setting XdsVariant = new(
        "--xds-variant", "KUMA_DATAPLANE_RUNTIME_ENVOY_XDS_TRANSPORT_PROTOCOL_VARIANT", "Form of xDS to ask the control plane for: GRPC or DELTA_GRPC. Default GRPC; the bootstrap document decides.");
    public static readonly Setting XdsFile = new("--xds-file", "ZONEWAY_XDS_FILE", "File with Envoy resources (YAML or JSON), followed as it changes, in place of a control plane.");

    public static readonly Setting ProxyType = new("--proxy-type", "KUMA_DATAPLANE_PROXY_TYPE", "ingress, egress or dataplane. Default: the type of the resource, else that of the program.");
    public static readonly Setting Name = new("--name", "KUMA_DATAPLANE_NAME", "Name of the proxy. Default: that of the resource, else POD_NAME.POD_NAMESPACE.");
    public static readonly Setting Mesh = new("--mesh", "KUMA_DATAPLANE_MESH", "Mesh of a proxy of type dataplane. Default: that of the resource, else default.");
    public static readonly Setting DataplaneFile = new("--dataplane-file", "KUMA_DATAPLANE_RUNTIME_RESOURCE_PATH", "File with the resource of this proxy (Universal).") { Alias = "-d" };
    public static readonly Setting Dataplane = new("--dataplane", "KUMA_DATAPLANE_RUNTIME_RESOURCE", "The resource of this proxy as text.");
    public static readonly Setting DataplaneVar = new(
        "--dataplane-var", "ZONEWAY_DATAPLANE_VARS", "name=value for {{ name }} in the resource; can be repeated, or several with commas.")
    { Alias = "-v", IsRepeatable = true };
    public static readonly Setting TokenFile = new("--dataplane-token-file", "KUMA_DATAPLANE_RUNTIME_TOKEN_PATH", "File with the token for the control plane, read again for every stream.");
    public static readonly Setting Token = new("--dataplane-token", "KUMA_DATAPLANE_RUNTIME_TOKEN", "The token for the control plane as text.");
    public static readonly Setting UnifiedNaming = new(
        null, "KUMA_DATAPLANE_RUNTIME_UNIFIED_RESOURCE_NAMING_ENABLED", "Ask the control plane for unified resource names (Kuma 2.14). Default false.")
    { IsSwitch = true };
    public static readonly Setting ReusePort = new(null, "KUMA_DATAPLANE_RUNTIME_REUSE_PORT_ENABLED", "Ask the control plane for listeners that share their port. Default true.") { IsSwitch = true };
    public static readonly Setting IPv6 = new(null, "KUMA_DATAPLANE_RUNTIME_IPV6_ENABLED", "Tell the control plane that IPv6 is there. Default: if the machine has it.") { IsSwitch = true };
    public static readonly Setting SystemCa = new(
        null, "KUMA_DATAPLANE_RUNTIME_DYNAMIC_SYSTEM_CA_PATH", "The system's CA bundle, for TLS to external services. Default: found in the usual places.");
    public static readonly Setting WorkDir = new("--work-dir", "KUMA_DATAPLANE_RUNTIME_WORK_DIR", "Directory for files of this process. Default: the temporary directory.");

    public static readonly Setting DataPath = new("--data-path", "ZONEWAY_DATA_PATH", "What moves the bytes: auto, engine (Linux) or portable. Default auto.");
    public static readonly Setting Concurrency = new("--concurrency", "KUMA_DATAPLANE_RUNTIME_CONCURRENCY", "Threads of the engine. Default 0: one per processor; at most 256.");

    public static readonly Setting AdminAddress = new("--admin-address", "ZONEWAY_ADMIN_ADDRESS", "IP address of the admin port. Default 127.0.0.1.");
    public static readonly Setting AdminPort = new("--admin-port", "ZONEWAY_ADMIN_PORT", "Admin port. Default 9901; 0 for none.");
    public static readonly Setting AdminSocket = new("--admin-socket", "ZONEWAY_ADMIN_SOCKET", "Path of a Unix socket for the admin API, for the program's own user only. Default: none.");
    public static readonly Setting ReadinessPort = new(
        "--readiness-port", "KUMA_READINESS_PORT", "Readiness port, on the admin address, or on every address when POD_NAME is set. Default 9902; 0 for none.");
    public static readonly Setting DrainTime = new("--drain-time", "KUMA_DATAPLANE_DRAIN_TIME", "Longest time that open connections get to end on SIGTERM. Default 30s.");
    public static readonly Setting DrainAcceptTime = new(
        "--drain-accept-time", "ZONEWAY_DRAIN_ACCEPT_TIME", "How long connections are still accepted on SIGTERM, while load balancers take this proxy out. Default 5s; part of the drain time.");
    public static readonly Setting DrainIdleTime = new("--drain-idle-time", "ZONEWAY_DRAIN_IDLE_TIME", "After that, connections that pass no byte for this long are closed. Default 5s.");
    public static readonly Setting LogLevel = new("--log-level", "ZONEWAY_LOG_LEVEL", "trace, debug, info, warn, error or off. Default info.");
    public static readonly Setting LogFormat = new("--log-format", "ZONEWAY_LOG_FORMAT", "text or json. Default text.");

    public static readonly Setting HelloTimeout = new("--hello-timeout", "ZONEWAY_HELLO_TIMEOUT", "Longest time for a client's ClientHello, measured from accept. Default 5s.");
    public static readonly Setting TlsHandshakeTimeout = new(
        "--tls-handshake-timeout", "ZONEWAY_TLS_HANDSHAKE_TIMEOUT", "Longest time for a TLS handshake with a client, where TLS is ended here. Default 10s.");
    public static readonly Setting HttpPrefaceTimeout = new(
        "--http-preface-timeout", "ZONEWAY_HTTP_PREFACE_TIMEOUT", "Longest time from then until a client's first bytes tell which HTTP it speaks. Default 60s.");
    public static readonly Setting MaxHelloBytes = new("--max-hello-bytes", "ZONEWAY_MAX_HELLO_BYTES", "Most bytes of a ClientHello. Default 16384; 512 to 65536.");
    public static readonly Setting MaxConnections = new("--max-connections", "ZONEWAY_MAX_CONNECTIONS", "Connections served at a time. Default 0: as many as the limit of file descriptors allows.");
    public static readonly Setting MaxSniffingConnections = new(
        "--max-sniffing-connections", "ZONEWAY_MAX_SNIFFING_CONNECTIONS", "Connections that may be waiting for their ClientHello at a time. Default 10000.");
    public static readonly Setting MaxRequestHeaderBytes = new(
        "--max-request-header-bytes", "ZONEWAY_MAX_REQUEST_HEADER_BYTES", "Most bytes of the headers of a request whose HTTP ends here, whatever the control plane allows. Default 131072; 8192 to 8388608.");
    public static readonly Setting ConnectAttempts = new("--connect-attempts", "ZONEWAY_CONNECT_ATTEMPTS", "Endpoints to try per connection. Default 3; 1 to 8.");
    public static readonly Setting HalfClosedTimeout = new(
        "--half-closed-timeout", "ZONEWAY_HALF_CLOSED_TIMEOUT", "Longest time without a byte once one side has finished sending. Default 5m.");

    public static readonly Setting SniAliases = new(
        "--sni-aliases", "ZONEWAY_SNI_ALIASES", "Serve each route under the SNI forms of other Kuma generations too, during an upgrade.")
    { IsSwitch = true };

    /// <summary>All of them, in the order of the help text.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        CpAddress, CaCertFile, CaCert, SkipVerify, RetryBackoff, RetryMaxDuration, XdsVariant, XdsFile,
        ProxyType, Name, Mesh, DataplaneFile, Dataplane, DataplaneVar, TokenFile, Token,
        UnifiedNaming, ReusePort, IPv6, SystemCa, WorkDir,
        DataPath, Concurrency, AdminAddress, AdminPort, AdminSocket, ReadinessPort, DrainTime, DrainAcceptTime, DrainIdleTime, LogLevel, LogFormat,
        HelloTimeout, TlsHandshakeTimeout, HttpPrefaceTimeout, MaxHelloBytes, MaxConnections, MaxSniffingConnections, MaxRequestHeaderBytes, ConnectAttempts, HalfClosedTimeout, SniAliases,
    ];

    /// <summary>
    /// Flags of kuma-dp that mean nothing to a zone proxy without an Envoy, a DNS server or a sidecar's traffic. They are taken with or without a
    /// value and ignored, so that a command line for kuma-dp works unchanged.
    /// </summary>
    public static IReadOnlyList<string> IgnoredFlags { get; } =
    [
        "--binary-path", "--config-dir", "--envoy-log-level", "--envoy-component-log-level", "--metrics-cert-path", "--metrics-key-path", "--bind-outbounds",
        "--transparent-proxy", "--transparent-proxy-config", "--dns-enabled", "--dns-proxy-port", "--dns-envoy-port", "--dns-server-config-dir", "--dns-prometheus-port",
        "--dns-coredns-path", "--dns-coredns-port", "--dns-coredns-empty-port", "--dns-coredns-config-template-path", "--dns-coredns-logging",
    ];

    /// <summary>Address of the node on Kubernetes, passed on to the control plane as it is by kuma-dp.</summary>
    public const string HostIp = "HOST_IP";

    /// <summary>Parts of the default name on Kubernetes; their presence also tells that this is a Pod.</summary>
    public const string PodName = "POD_NAME";

    /// <inheritdoc cref="PodName"/>
    public const string PodNamespace = "POD_NAMESPACE";
}
