namespace Zoneway.ZoneControlPlane.Snapshots;

/// <summary>What a snapshot needs to know of the proxy it is for. Protocol §3.2.</summary>
/// <param name="Id"><c>node.id</c> as the proxy sent it.</param>
/// <param name="Name">Name of its resource: what follows the first dot of the id.</param>
/// <param name="Kind">Which generator serves it.</param>
internal sealed record ProxyNode(string Id, string Name, ProxyKind Kind)
{
    /// <summary>Whether the proxy asked for SO_REUSEPORT on its listeners (<c>feature-reuse-port</c>).</summary>
    public bool ReusesPorts { get; init; }

    /// <summary>CA file of the proxy's system (<c>systemCaPath</c>). Default: where Debian and Alpine have it.</summary>
    public string SystemCaPath { get; init; } = "/etc/ssl/certs/ca-certificates.crt";
}

/// <summary>Kind of zone proxy.</summary>
internal enum ProxyKind
{
    /// <summary>Zone ingress, <c>dataplane.proxyType: ingress</c>.</summary>
    Ingress,

    /// <summary>Zone egress, <c>dataplane.proxyType: egress</c>.</summary>
    Egress,
}
