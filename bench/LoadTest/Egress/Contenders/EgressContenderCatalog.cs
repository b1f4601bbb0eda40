namespace Zoneway.LoadTest.Egress.Contenders;

/// <summary>All contenders of the egress cases, in the order of reports.</summary>
internal static class EgressContenderCatalog
{
    /// <param name="zoneEgress">Path of <c>zone-egress</c>; null when there is none.</param>
    public static IReadOnlyList<EgressContender> All(string? zoneEgress) =>
        [new ZoneEgress(zoneEgress, isPortable: false), new ZoneEgress(zoneEgress, isPortable: true), new NginxEgress(), new HaproxyEgress()];

    /// <summary>Whether a short run has it.</summary>
    public static bool IsForShortRuns(EgressContender contender) => contender.Name != "zoneway-portable";

    /// <summary>The program that was built together with this one.</summary>
    public static string? FindZoneEgress()
    {
        // artifacts/bin/LoadTest/<configuration>/ and artifacts/bin/Egress/<configuration>/
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        var path = Path.Combine(own.Parent?.Parent?.FullName ?? "", "Egress", own.Name, "zone-egress");
        return File.Exists(path) ? path : null;
    }
}
