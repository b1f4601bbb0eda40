using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using YamlDotNet.Serialization;
using Zoneway.TestUtilities;
using Zoneway.Xds.Protocol;
using Zoneway.ZoneControlPlane.Snapshots;

namespace Zoneway.ZoneControlPlane.Tests.Snapshots;

/// <summary>Reads what Kuma's own tests expect its generators to produce, and prints both sides alike.</summary>
internal static class GoldenXds
{
    private static readonly JsonParser Parser = new(JsonParser.Settings.Default.WithTypeRegistry(XdsTypeRegistry.Instance));
    private static readonly JsonFormatter Printer = new(JsonFormatter.Settings.Default.WithIndentation().WithTypeRegistry(XdsTypeRegistry.Instance));

    /// <summary>The resources of a golden file of the types a zone proxy is served, printed, in file order.</summary>
    public static IReadOnlyList<string> Read(string relativePath) => [.. Resources(relativePath).Select(Print)];

    /// <summary>The resources of a golden file, in file order.</summary>
    public static IReadOnlyList<Any> Resources(string relativePath)
    {
        var yaml = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build()
            .Deserialize<object>(File.ReadAllText(Fixtures.Path(relativePath)));
        var json = new SerializerBuilder().JsonCompatible().Build().Serialize(yaml);
        using var document = JsonDocument.Parse(json);
        return [.. document.RootElement.GetProperty("resources").EnumerateArray().Select(entry => Parser.Parse<Any>(entry.GetProperty("resource").GetRawText()))];
    }

    /// <summary>Our resources in the order of the golden files: clusters, endpoints, listeners.</summary>
    public static IReadOnlyList<string> Print(ProxyResources resources) =>
        [.. resources.Clusters.Concat<IMessage>(resources.Assignments).Concat(resources.Listeners).Select(static message => Print(Any.Pack(message)))];

    /// <summary>Our resources, secrets among them, as a file that <c>validate</c> reads.</summary>
    public static byte[] ToFile(ProxyResources resources) =>
        System.Text.Encoding.UTF8.GetBytes($$"""{"resources": [{{string.Join(",\n", Print(resources).Concat(resources.Secrets.Select(static secret => Print(Any.Pack(secret)))).Select(static resource => $$"""{"resource": {{resource}}}"""))}}]}""");

    private static string Print(Any resource) => Printer.Format(resource);
}
