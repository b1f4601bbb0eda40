using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Routing;
using Zoneway.TestUtilities;

namespace Zoneway.Xds.Tests.Translation;

/// <summary>What becomes of every xDS file among the fixtures, against a table that was gone through by eye.</summary>
public sealed class KumaFixtureTableTests
{
    private const string Table = "KumaFixtureTable.tsv";

    [FixtureFact("kuma")]
    public void Translate_EveryFile_GivesWhatTheTableSays()
    {
        var expected = ExpectedRows();
        var actual = KumaFixture.Files().ToDictionary(file => file, file => Row(KumaFixture.Read(file)), StringComparer.Ordinal);

        Assert.True(actual.Count > 100);
        var differences = actual.Where(row => expected.GetValueOrDefault(row.Key) != row.Value).Select(row => $"{row.Key}\t{row.Value}");
        Assert.True(!differences.Any(), $"the table has other rows for:{Environment.NewLine}{string.Join(Environment.NewLine, differences)}");
        Assert.Empty(expected.Keys.Except(actual.Keys, StringComparer.Ordinal));
    }

    [FixtureFact("kuma")]
    public void Translate_EveryFile_RejectsOnlyWhatEnvoyRejects()
    {
        var rejected = KumaFixture.Files().SelectMany(
            file => KumaFixture.Read(file).Rejected.Select(error => $"{file}: {error.Resource}: {error.Field}: {error.Reason}"));

        Assert.Empty(rejected);
    }

    private static Dictionary<string, string> ExpectedRows()
    {
        using var stream = typeof(KumaFixtureTableTests).Assembly.GetManifestResourceStream(Table)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#')
            .Select(line => line.TrimEnd().Split('\t', 2)).ToDictionary(row => row[0], row => row[1], StringComparer.Ordinal);
    }

    private static string Row(KumaFixture fixture)
    {
        var listeners = fixture.Listeners.Where(result => result.Config is not null).Select(result => result.Config!).ToList();
        var chains = listeners.SelectMany(listener => listener.FilterChains).ToList();
        var clusters = fixture.Clusters.Where(result => result.Config is not null).Select(result => result.Config!).ToList();
        var assignments = clusters.Select(cluster => cluster.InlineAssignment).Concat(fixture.Assignments.Select(result => result.Config));
        var later = fixture.Ignored.Count(field => field.Why.StartsWith("not yet enforced: ", StringComparison.Ordinal));
        return string.Join(
            '\t',
            listeners.Count,
            fixture.Listeners.Count - listeners.Count,
            chains.Count(chain => chain.Action is not QuarantinedConfig),
            chains.Count(chain => chain.Action is QuarantinedConfig),
            clusters.Count,
            fixture.Clusters.Count - clusters.Count,
            assignments.Sum(EndpointCount),
            fixture.Secrets.Count,
            fixture.Ignored.Count() - later,
            later,
            fixture.Rejected.Count());
    }

    private static int EndpointCount(LoadAssignment? assignment) => assignment?.Localities.Sum(locality => locality.Endpoints.Length) ?? 0;
}
