namespace Zoneway.LoadTest.Contenders;

/// <summary>All contenders there are, in the order of reports.</summary>
internal static class ContenderCatalog
{
    /// <summary>The contenders that a short run leaves out.</summary>
    private static readonly string[] LongRunsOnly = ["haproxy", "nginx-1"];

    /// <param name="zoneIngress">Path of <c>zone-ingress</c>; null when there is none.</param>
    public static IReadOnlyList<Contender> All(string? zoneIngress) =>
    [
        new DirectContender(),
        new ZonewayContender(zoneIngress, isPortable: false),
        new ZonewayContender(zoneIngress, isPortable: true),
        new NginxContender(1),
        new NginxContender(2),
        new HaproxyContender(isSplicing: false),
        new HaproxyContender(isSplicing: true),
        new SniproxyContender(),
        new EnvoyContender(),
    ];

    public static bool IsForShortRuns(Contender contender) => !LongRunsOnly.Contains(contender.Name);

    /// <summary>The program that was built together with this one.</summary>
    public static string? FindZoneIngress()
    {
        // artifacts/bin/LoadTest/<configuration>/ and artifacts/bin/Ingress/<configuration>/
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        var path = Path.Combine(own.Parent?.Parent?.FullName ?? "", "Ingress", own.Name, "zone-ingress");
        return File.Exists(path) ? path : null;
    }
}
