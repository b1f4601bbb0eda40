using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Envoy.Config.Cluster.V3;
using Envoy.Config.Endpoint.V3;
using Envoy.Config.Listener.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Zoneway.Xds.Protocol;
using Zoneway.Xds.Resources;
using Zoneway.Xds.Translation;

namespace Zoneway.Xds.Files;

/// <summary>Turns the entries of a resource file into resources, one after another, and collects what is wrong with them.</summary>
internal sealed class EnvoyResourceReader
{
    private static readonly Dictionary<string, (MessageDescriptor Descriptor, Func<IMessage, string> NameOf)> Types = new(StringComparer.Ordinal)
    {
        [TypeUrls.Cluster] = (Cluster.Descriptor, message => ((Cluster)message).Name),
        [TypeUrls.ClusterLoadAssignment] = (ClusterLoadAssignment.Descriptor, message => ((ClusterLoadAssignment)message).ClusterName),
        [TypeUrls.Listener] = (Listener.Descriptor, message => ((Listener)message).Name),
        [TypeUrls.Secret] = (Secret.Descriptor, message => ((Secret)message).Name),
    };

    private readonly JsonParser _parser = new(new JsonParser.Settings(YamlToJson.MaxDepth, XdsTypeRegistry.Instance).WithIgnoreUnknownFields(true));
    private readonly HashSet<(string TypeUrl, string Name)> _seen = [];

    public List<XdsResource> Resources { get; } = [];

    public List<IgnoredField> Ignored { get; } = [];

    public List<string> Problems { get; } = [];

    /// <summary>Reads the entry at an index.</summary>
    public void Read(JsonNode? entry, int index)
    {
        if (entry is not JsonObject fields || fields["resource"] is not JsonObject resource)
        {
            Problems.Add($"resources[{index}]: an object with 'name' and 'resource' is needed");
            return;
        }

        var name = TextOf(fields["name"]) ?? "";
        var label = name.Length == 0 ? $"resources[{index}]" : $"resources[{index}] '{name}'";
        if (TextOf(resource["@type"]) is not { } typeUrl || !Types.TryGetValue(typeUrl, out var type))
        {
            Problems.Add($"{label}: @type must be that of a listener, cluster, cluster load assignment or secret");
            return;
        }

        var scan = new JsonFieldScan(name, label);
        scan.Scan(resource, type.Descriptor);
        Ignored.AddRange(scan.Ignored);
        Problems.AddRange(scan.Problems);
        if (TryParse(resource, type.Descriptor, label) is { } message)
        {
            // What is inside counts, as in Envoy.
            var own = type.NameOf(message);
            if (name.Length > 0 && own.Length > 0 && own != name)
            {
                Ignored.Add(new(own, "name", $"the entry is called '{name}'; the name inside counts"));
            }

            Add(own, typeUrl, message, label);
        }
    }

    private IMessage? TryParse(JsonObject resource, MessageDescriptor descriptor, string label)
    {
        resource.Remove("@type");
        try
        {
            return _parser.Parse(TextOf(resource), descriptor);
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException or FormatException or OverflowException or ArgumentException)
        {
            // Which of them protobuf throws depends on what is wrong; all mean that the text does not fit the message.
            Problems.Add($"{label}: {exception.Message}");
            return null;
        }
    }

    private void Add(string name, string typeUrl, IMessage message, string label)
    {
        if (!_seen.Add((typeUrl, name)))
        {
            Problems.Add($"{label}: a resource of this type and name is there before");
            return;
        }

        var bytes = message.ToByteString();
        var version = Convert.ToHexStringLower(SHA256.HashData(bytes.Span)[..8]);
        Resources.Add(new XdsResource(name, version, new Any { TypeUrl = typeUrl, Value = bytes }));
    }

    // Not ToJsonString: it works in shared pooled arrays, which then keep the size of the largest listener for a long time.
    private static string TextOf(JsonObject resource)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            resource.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static string? TextOf(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
