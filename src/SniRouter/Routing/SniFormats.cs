using System.Globalization;
using System.Text;

namespace Zoneway.SniRouter.Routing;

/// <summary>The three forms in which Kuma writes a service into an SNI (protocol §6): by tags, hashed, and by resource identifier. Pure text; unknown forms are null.</summary>
internal static class SniFormats
{
    // FNV-1a, 64 bit.
    private const ulong HashBasis = 0xcbf29ce484222325;
    private const ulong HashPrime = 0x100000001b3;
    private const int HashDigits = 16;

    private const int LongestHashedPart = 62;
    private const int LongestLabel = 63;
    private const int LongestName = 253;

    private static readonly (ServiceKind Kind, string Kri, string Hashed)[] Kinds =
    [
        (ServiceKind.MeshService, "msvc", "ms"),
        (ServiceKind.MeshExternalService, "extsvc", "mes"),
        (ServiceKind.MeshMultiZoneService, "mzsvc", "mzms"),
    ];

    /// <summary>What an SNI stands for; null when that is not certain.</summary>
    /// <param name="sni">The SNI.</param>
    /// <param name="cluster">Name of the cluster it is routed to, which often tells what the SNI does not.</param>
    public static ServiceIdentity? Parse(string sni, string cluster)
    {
        var ofCluster = ParseCluster(cluster);
        return ParseTags(sni) ?? (ParseHashed(sni) is { } hashed ? WithCluster(hashed, ofCluster) : ParseKri(sni) is { } kri ? WithCluster(kri, ofCluster) : null);
    }

    /// <summary>The form of 2.7: <c>backend_kuma-demo_svc_8080{mesh=default}</c>, on Universal <c>backend{mesh=default}</c>. Null for what it cannot say.</summary>
    public static string? ToTags(ServiceIdentity identity) =>
        identity.Kind != ServiceKind.MeshService || identity.Name.Contains('.', StringComparison.Ordinal) ? null
        : identity.Namespace.Length == 0 ? $"{identity.Name}{{mesh={identity.Mesh}}}"
        : identity.Port > 0 ? $"{identity.Name}_{identity.Namespace}_svc_{identity.Port}{{mesh={identity.Mesh}}}"
        : null;

    /// <summary>The form of 2.9 to 2.14: <c>accece0df656574f6.backend.kuma-demo.8080.default.ms</c>. Null where only the name of the port is known.</summary>
    public static string? ToHashed(ServiceIdentity identity)
    {
        if (identity.Port == 0)
        {
            return null;
        }

        var name = HashedName(identity);
        return $"a{Hash(name, identity.Mesh)}.{Shorten(name)}.{identity.Port}.{Shorten(identity.Mesh)}.{Array.Find(Kinds, kind => kind.Kind == identity.Kind).Hashed}";
    }

    /// <summary>The form of mesh-scoped proxies and 3.x: <c>sni.msvc.default.east.app-ns.backend.http</c>. Null where the zone is not known or a part is no label.</summary>
    public static string? ToKri(ServiceIdentity identity)
    {
        string?[] parts = [identity.Mesh, identity.Zone, identity.Zone is { Length: > 0 } ? identity.Namespace : "", identity.Name, identity.Section];
        if (identity.Zone is null || Array.Exists(parts, part => part!.Length > 0 && !IsLabel(part)))
        {
            return null;
        }

        var sni = $"sni.{Array.Find(Kinds, kind => kind.Kind == identity.Kind).Kri}.{string.Join('.', parts.Where(part => part!.Length > 0))}";
        return sni.Length <= LongestName ? sni : null;
    }

    // service "{" "mesh=" mesh "}": with more tags it is a subset, which no other form has. Without a port only a service of Kubernetes says which one it is.
    private static ServiceIdentity? ParseTags(string sni)
    {
        var brace = sni.IndexOf("{mesh=", StringComparison.Ordinal);
        if (brace <= 0 || !sni.EndsWith('}'))
        {
            return null;
        }

        var mesh = sni[(brace + "{mesh=".Length)..^1];
        return sni[..brace].Split('_') is [var name, var space, "svc", var section] && IsLabel(mesh) && IsLabel(name) && IsLabel(space) && PortOf(section) is var port and > 0
            ? new ServiceIdentity(ServiceKind.MeshService, mesh, Zone: null, space, name, section, port)
            : null;
    }

    // "a" hash "." name "." port "." mesh "." type, where the name may have dots. Only a name that was not shortened, and no further keys, give this hash.
    private static ServiceIdentity? ParseHashed(string sni)
    {
        var labels = sni.Split('.');
        if (labels.Length < 5 || labels[0].Length != HashDigits + 1 || labels[0][0] != 'a' || Array.FindIndex(Kinds, kind => kind.Hashed == labels[^1]) is var index && index < 0)
        {
            return null;
        }

        var name = string.Join('.', labels[1..^3]);
        var (section, mesh) = (labels[^3], labels[^2]);
        return labels[0][1..] == Hash(name, mesh) && PortOf(section) is var port and > 0
            ? new ServiceIdentity(Kinds[index].Kind, mesh, Zone: null, Namespace: "", name, section, port)
            : null;
    }

    // "sni." type "." mesh [ "." zone [ "." namespace ] ] "." name "." section, every part a label.
    private static ServiceIdentity? ParseKri(string sni)
    {
        var labels = sni.Split('.');
        if (labels.Length is < 5 or > 7 || labels[0] != "sni" || !Array.TrueForAll(labels, IsLabel) || Array.FindIndex(Kinds, kind => kind.Kri == labels[1]) is var index && index < 0)
        {
            return null;
        }

        var zone = labels.Length > 5 ? labels[3] : "";
        var space = labels.Length > 6 ? labels[4] : "";
        return new ServiceIdentity(Kinds[index].Kind, labels[2], zone, space, labels[^2], labels[^1], PortOf(labels[^1]));
    }

    // "kri" type mesh zone namespace name section, or mesh name namespace zone type port, joined by "_" with empty parts kept.
    private static ServiceIdentity? ParseCluster(string cluster)
    {
        var parts = cluster.Split('_');
        var (kri, type) = parts.Length == 7 && parts[0] == "kri" ? (true, parts[1]) : parts.Length == 6 ? (false, parts[4]) : (false, "");
        var index = Array.FindIndex(Kinds, kind => kind.Kri == type);
        return index < 0 ? null
            : kri ? new ServiceIdentity(Kinds[index].Kind, parts[2], parts[3], parts[4], parts[5], parts[6], PortOf(parts[6]))
            : new ServiceIdentity(Kinds[index].Kind, parts[0], parts[3], parts[2], parts[1], parts[5], PortOf(parts[5]));
    }

    /// <summary>What both tell; null when they contradict one another, or when a hashed name has dots and no cluster says what they part.</summary>
    private static ServiceIdentity? WithCluster(ServiceIdentity sni, ServiceIdentity? cluster)
    {
        if (cluster is null)
        {
            return sni.Name.Contains('.', StringComparison.Ordinal) ? null : sni;
        }

        var isNamed = cluster.Port == 0;
        var sameService = sni.Zone is null
            ? sni.Kind == cluster.Kind && sni.Mesh == cluster.Mesh && sni.Name == HashedName(cluster)
            : sni with { Section = "", Port = 0 } == cluster with { Section = "", Port = 0 };
        var samePort = sni.Section == cluster.Section || (sni.Port > 0) == isNamed;
        return !sameService || !samePort ? null
            : cluster with { Section = isNamed ? cluster.Section : sni.Section, Port = isNamed ? sni.Port : cluster.Port };
    }

    private static ushort PortOf(string section) => ushort.TryParse(section, NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : (ushort)0;

    // Only a MeshService carries its namespace; the others are known by their display names.
    private static string HashedName(ServiceIdentity identity) =>
        identity.Kind == ServiceKind.MeshService && identity.Namespace.Length > 0 ? $"{identity.Name}.{identity.Namespace}" : identity.Name;

    private static string Hash(string name, string mesh)
    {
        var hash = HashBasis;
        foreach (var value in Encoding.UTF8.GetBytes($"{name};{mesh};"))
        {
            hash = (hash ^ value) * HashPrime;
        }

        return hash.ToString("x16", CultureInfo.InvariantCulture);
    }

    private static string Shorten(string part) => part.Length > LongestHashedPart ? $"{part[..LongestHashedPart]}x" : part;

    private static bool IsLabel(string text) =>
        text.Length is > 0 and <= LongestLabel && text[0] != '-' && text[^1] != '-' && text.All(static character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character == '-');
}
