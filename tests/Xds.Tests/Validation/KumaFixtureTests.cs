using Zoneway.TestUtilities;
using Zoneway.Xds.Validation;

namespace Zoneway.Xds.Tests.Validation;

/// <summary>Everything that Kuma's own tests expect its control plane to send to zone proxies.</summary>
public sealed class KumaFixtureTests
{
    // Directories whose files hold other things than xDS: Kuma's resources, Helm charts, bootstrap configurations.
    private static readonly string[] NoXds = ["api", "bootstrap", "dashboards", "helm", "input", "k8s-converters", "kuma-dp"];

    [FixtureFact("kuma")]
    public void Validate_EveryFile_IsReadOrSaidToBeSomethingElse()
    {
        foreach (var file in Files(_ => true))
        {
            var report = ConfigurationValidator.Validate(File.ReadAllBytes(file), out var problem);
            Assert.True(report is null != problem is null, file);
            Assert.True(report is not null || !IsXds(file), $"{file}: {problem}");
        }
    }

    [FixtureTheory("kuma")]
    [InlineData("zone-ingress-xds")]
    [InlineData("mesh-scoped-zone-proxy-xds")]
    public void Validate_WhatZoneProxiesAreSent_IsAccepted(string directory)
    {
        var files = Files(file => InDirectory(file, directory));
        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.Empty(Validate(file).Rejected));
    }

    [FixtureFact("kuma")]
    public void Validate_ZoneIngress_EveryChainLeadsToAClusterThatIsThere()
    {
        foreach (var file in Files(file => InDirectory(file, "zone-ingress-xds")))
        {
            var report = Validate(file);
            var clusters = report.Clusters.Select(cluster => cluster.Name).ToHashSet(StringComparer.Ordinal);
            var chains = report.Listeners.SelectMany(listener => listener.FilterChains).ToList();
            Assert.NotEmpty(chains);
            Assert.All(chains, chain => Assert.True(chain.Action == "directResponse" || (chain is { Action: "tcpProxy", TerminatesTls: false, Cluster: { } name } && clusters.Contains(name)), $"{file}: {chain}"));
            Assert.All(chains, chain => Assert.Empty(chain.Ignored));
        }
    }

    [FixtureFact("kuma")]
    public void Validate_ZoneEgress_SaysWhichChainsHaveToBeTerminated()
    {
        var files = Files(file => InDirectory(file, "zone-egress-xds") && file.EndsWith(".golden.yaml", StringComparison.Ordinal));
        Assert.NotEmpty(files);
        foreach (var chain in files.SelectMany(file => Validate(file).Listeners).SelectMany(listener => listener.FilterChains))
        {
            // Those of external services have names.
            Assert.Equal(chain.Name.Length > 0, chain.TerminatesTls);
        }
    }

    [FixtureFact("kuma/v2.14.3/api/golden.full_config.json")]
    public void Validate_ConfigDump_ListsWhatItPassesOver()
    {
        var report = Validate(Fixtures.Path("kuma/v2.14.3/api/golden.full_config.json"));

        Assert.Equal(["inbound:127.0.0.1:10010", "outbound:127.0.0.1:10006"], report.Listeners.Select(listener => listener.Name).Order(StringComparer.Ordinal));
        Assert.Equal(["gateway", "kuma:envoy:admin", "localhost:10011"], report.Clusters.Select(cluster => cluster.Name).Order(StringComparer.Ordinal));
        Assert.Contains(report.Ignored, field => field.Why.Contains("BootstrapConfigDump", StringComparison.Ordinal));
        Assert.Empty(report.Rejected);
    }

    private static bool IsXds(string file) => file.Contains(".golden.", StringComparison.Ordinal) && !NoXds.Any(directory => InDirectory(file, directory));

    private static bool InDirectory(string file, string directory) => file.Contains($"{Path.DirectorySeparatorChar}{directory}{Path.DirectorySeparatorChar}", StringComparison.Ordinal);

    private static List<string> Files(Func<string, bool> which) =>
        [.. Directory.GetFiles(Fixtures.Path("kuma"), "*", SearchOption.AllDirectories).Where(file => Path.GetExtension(file) is ".yaml" or ".json").Where(which).Order(StringComparer.Ordinal)];

    private static ValidationReport Validate(string file)
    {
        var report = ConfigurationValidator.Validate(File.ReadAllBytes(file), out var problem);
        Assert.True(problem is null, $"{file}: {problem}");
        return report!;
    }
}
