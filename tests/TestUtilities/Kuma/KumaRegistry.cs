using System.Text.Json.Nodes;
using Envoy.Config.Core.V3;
using Google.Protobuf.WellKnownTypes;
using Zoneway.Xds.Files;
using Zoneway.Xds.Grpc;
using Status = Zoneway.Xds.Grpc.Status;

namespace Zoneway.TestUtilities.Kuma;

/// <summary>The proxy resources that exist, by name. Universal creates them from the node's metadata, Kubernetes has them or not. Protocol §3.5.</summary>
internal sealed class KumaRegistry
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>A resource is there, as the operator or the Pod controller has made it.</summary>
    public void Add(string name)
    {
        lock (_gate)
        {
            _names.Add(name);
        }
    }

    public bool Contains(string name)
    {
        lock (_gate)
        {
            return _names.Contains(name);
        }
    }

    /// <summary>Deregistration, after the delay.</summary>
    public void Remove(string name)
    {
        lock (_gate)
        {
            _names.Remove(name);
        }
    }

    /// <summary>Takes in the node of a first request.</summary>
    /// <returns>Whether the node brought its own resource, which is deleted when it is gone.</returns>
    /// <exception cref="RpcException">There is no such resource, or it has another name.</exception>
    public bool Register(Node node)
    {
        var name = NameIn(node.Id);
        if (!node.Metadata.Fields.TryGetValue("dataplane.resource", out var text) || text.KindCase != Value.KindOneofCase.StringValue)
        {
            return Contains(name) ? false : throw Refused($"resource {name} not found");
        }

        if (NameOf(text.StringValue) is var own && own != name)
        {
            throw Refused($"proxy resource name {own} does not match the node id {node.Id}");
        }

        Add(name);
        return true;
    }

    /// <summary>The name in a node id: what follows its first dot (§3.2).</summary>
    public static string NameIn(string nodeId) => nodeId[(nodeId.IndexOf('.', StringComparison.Ordinal) + 1)..];

    /// <summary>The name of a resource in JSON or YAML; null when it has none.</summary>
    public static string? NameOf(string resource) => (YamlToJson.Parse(resource) as JsonObject)?["name"]?.ToString();

    // A plain Go error.
    private static RpcException Refused(string text) => new(new Status(StatusCode.Unknown, text));
}
