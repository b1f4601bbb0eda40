using System.Text;

namespace Zoneway.ZoneControlPlane.Snapshots;

/// <summary>The names Kuma gives to clusters, statistics and SNIs of legacy services. Protocol §4.1, §6.1.</summary>
internal static class XdsNames
{
    /// <summary>Key under which the mesh is added to the tags of SNIs and endpoints.</summary>
    public const string MeshTag = "mesh";

    /// <summary>Cluster of a service: <c>mesh:service</c>.</summary>
    public static string Cluster(string mesh, string service) => $"{mesh}:{service}";

    /// <summary>SNI of a service without further tags: <c>service{mesh=name}</c>.</summary>
    public static string ServerName(string mesh, string service) => $"{service}{{{MeshTag}={mesh}}}";

    /// <summary>A cluster name as statistics may have it: every character outside <c>[a-zA-Z_\-0-9]</c> becomes <c>_</c>.</summary>
    public static string Sanitize(string name)
    {
        var text = new StringBuilder(name.Length);
        foreach (var c in name)
        {
            text.Append(char.IsAsciiLetterOrDigit(c) || c is '_' or '-' ? c : '_');
        }

        return text.ToString();
    }
}
