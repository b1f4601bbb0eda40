using System.Globalization;
using System.Text;

namespace Zoneway.ZoneControlPlane.Snapshots.External;

/// <summary>Makes the hashed SNI of a resource: <c>a</c>, FNV-1a of name and mesh, then name, port, mesh and type. Protocol §6.2.</summary>
internal static class ResourceServerName
{
    private const ulong OffsetBasis = 0xcbf29ce484222325;
    private const ulong Prime = 0x100000001b3;
    private const int MaxLabel = 62;

    /// <summary>SNI of a MeshExternalService.</summary>
    public static string OfMeshExternalService(string name, string mesh, int port) =>
        string.Create(CultureInfo.InvariantCulture, $"a{Hash($"{name};{mesh};"):x16}.{Shorten(name)}.{port}.{Shorten(mesh)}.mes");

    private static ulong Hash(string text)
    {
        var hash = OffsetBasis;
        foreach (var octet in Encoding.UTF8.GetBytes(text))
        {
            hash = unchecked((hash ^ octet) * Prime);
        }

        return hash;
    }

    private static string Shorten(string label) => label.Length <= MaxLabel ? label : $"{label.AsSpan(0, MaxLabel)}x";
}
