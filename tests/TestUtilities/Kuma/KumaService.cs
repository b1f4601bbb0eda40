namespace Zoneway.TestUtilities.Kuma;

/// <summary>A service of mesh <c>default</c> behind an ingress.</summary>
/// <param name="Name">Its <c>kuma.io/service</c>.</param>
/// <param name="Ports">Port of each instance on the loopback address.</param>
internal sealed record KumaService(string Name, params int[] Ports)
{
    public const string Mesh = "default";

    /// <summary>Server name of the legacy form, §6.1.</summary>
    public string ServerName => $"{Name}{{mesh={Mesh}}}";

    /// <summary>Cluster name, §4.1.</summary>
    public string Cluster => $"{Mesh}:{Name}";
}
