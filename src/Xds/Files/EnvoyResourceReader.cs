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

    public List<FileProblem> Problems { get; } = [];

    /// <summary>Reads the entry at an index of a list of <c>{name, resource}</c>.</summary>
    public void Read(JsonNode? entry, int index)
    {
        var place = $"resources[{index}]";
        if (entry is not JsonObject fields || fields["resource"] is not JsonObject resource)
        {
            Problems.Add(new(place, "", "", "an object with 'name' and 'resource' is needed"));
            return;
        }

        var name = JsonText.Of(fields["name"]) ?? "";
        if (JsonText.Of(resource["@type"]) is not { } typeUrl || !Types.ContainsKey(typeUrl))
        {
            Problems.Add(new(place, name, "", "@type must be that of a listener, cluster, cluster load assignment or secret"));
            return;
        }

        Read(new EnvoyEntry(place, name, typeUrl, resource));
    }

    /// <summary>Reads an entry of one of the types that a zone proxy uses. Its JSON is of no use afterwards.</summary>
    public void Read(EnvoyEntry entry)
    {
        var (descriptor, nameOf) = Types[entry.TypeUrl];
        var name = entry.Name.Length > 0 ? entry.Name : NameInside(entry);
        var scan = new JsonFieldScan(name, entry);
        scan.Scan(entry.Resource, descriptor);
        Ignored.AddRange(scan.Ignored);
        Problems.AddRange(scan.Problems);
        if (TryParse(entry, descriptor) is { } message)
        {
            // What is inside counts, as in Envoy.
            var own = nameOf(message);
            if (entry.Name.Length > 0 && own.Length > 0 && own != entry.Name)
            {
                Ignored.Add(new(own, "name", $"the entry is called '{entry.Name}'; the name inside counts"));
            }

            Add(own, message.ToByteString(), entry);
        }
    }

    /// <summary>Takes in a resource in its binary form, one of a type that a zone proxy uses.</summary>
    /// <param name="place">Where it is.</param>
    /// <param name="name">The name it was sent under; empty to take the one inside.</param>
    /// <param name="body">The resource.</param>
    public void Read(string place, string name, Any body)
    {
        if (name.Length == 0)
        {
            var (descriptor, nameOf) = Types[body.TypeUrl];
            try
            {
                name = nameOf(descriptor.Parser.ParseFrom(body.Value));
            }
            catch (Exception exception) when (exception is InvalidProtocolBufferException or InvalidOperationException)
            {
                Problems.Add(new(place, "", "", $"the message cannot be parsed: {exception.Message}"));
                return;
            }
        }

        Add(name, body.Value, new EnvoyEntry(place, name, body.TypeUrl, []));
    }

    // For messages about what is wrong with it before it can be read.
    private static string NameInside(EnvoyEntry entry) =>
        (entry.TypeUrl == TypeUrls.ClusterLoadAssignment
            ? JsonText.Of(entry.Resource["clusterName"]) ?? JsonText.Of(entry.Resource["cluster_name"])
            : JsonText.Of(entry.Resource["name"])) ?? "";

    private IMessage? TryParse(EnvoyEntry entry, MessageDescriptor descriptor)
    {
        var resource = entry.Resource;
        resource.Remove("@type");
        try
        {
            return _parser.Parse(TextOf(resource), descriptor);
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException or FormatException or OverflowException or ArgumentException)
        {
            // Which of them protobuf throws depends on what is wrong; all mean that the text does not fit the message.
            Problems.Add(new(entry.Place, entry.Name, "", exception.Message));
            return null;
        }
    }

    private void Add(string name, ByteString bytes, EnvoyEntry entry)
    {
        if (!_seen.Add((entry.TypeUrl, name)))
        {
            Problems.Add(new(entry.Place, entry.Name, "", "a resource of this type and name is there before"));
            return;
        }

        var version = Convert.ToHexStringLower(SHA256.HashData(bytes.Span)[..8]);
        Resources.Add(new XdsResource(name, version, new Any { TypeUrl = entry.TypeUrl, Value = bytes }));
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
}
