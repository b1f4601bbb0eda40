namespace Zoneway.Hosting.Settings;

/// <summary>What a proxy is to its control plane (<c>proxyType</c>, protocol §1.1).</summary>
public enum ProxyType
{
    /// <summary>A ZoneIngress resource.</summary>
    Ingress,

    /// <summary>A ZoneEgress resource.</summary>
    Egress,

    /// <summary>A Dataplane resource with listeners of type ZoneIngress or ZoneEgress.</summary>
    Dataplane,
}

/// <summary>How a proxy type is spelled.</summary>
public static class ProxyTypes
{
    /// <summary>As settings and the bootstrap request spell it.</summary>
    public static string ToText(this ProxyType type) => type switch
    {
        ProxyType.Ingress => "ingress",
        ProxyType.Egress => "egress",
        _ => "dataplane",
    };

    /// <summary>Reads the spelling of settings; null for any other text.</summary>
    public static ProxyType? FromText(string text) => text switch
    {
        "ingress" => ProxyType.Ingress,
        "egress" => ProxyType.Egress,
        "dataplane" => ProxyType.Dataplane,
        _ => null,
    };

    /// <summary>The proxy type that a kind of resource makes; null for kinds that are no proxies.</summary>
    public static ProxyType? FromResourceKind(string kind) => kind switch
    {
        "ZoneIngress" => ProxyType.Ingress,
        "ZoneEgress" => ProxyType.Egress,
        "Dataplane" => ProxyType.Dataplane,
        _ => null,
    };
}
