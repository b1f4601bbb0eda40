using Envoy.Config.Core.V3;
using Google.Protobuf.WellKnownTypes;
using Zoneway.Xds.Grpc;
using Zoneway.ZoneControlPlane.Catalog;
using Zoneway.ZoneControlPlane.Resources;
using Zoneway.ZoneControlPlane.Snapshots;
using Status = Zoneway.Xds.Grpc.Status;

namespace Zoneway.ZoneControlPlane.Ads;

/// <summary>Reads who opens a stream from the node of its first request. Protocol §3.2, §3.5.</summary>
internal static class NodeReader
{
    private const string ReusePortFeature = "feature-reuse-port";

    /// <summary>Reads the node, all but its resource: that is text which only a proxy that has been authenticated may have us parse.</summary>
    /// <param name="node">As it came; null when the first request had none.</param>
    /// <exception cref="RpcException">The node cannot be served; the text says why.</exception>
    public static ProxyNode Read(Node? node)
    {
        if (node is null || !TryReadName(node.Id, out var name))
        {
            throw Refused("the first request must have a node with an id of the form \"mesh.name\" or \".name\"");
        }

        var kind = MetadataText(node, "dataplane.proxyType") switch
        {
            "ingress" => ProxyKind.Ingress,
            "egress" => ProxyKind.Egress,
            _ => throw Refused("this control plane serves the proxy types ingress and egress only"),
        };
        var proxy = new ProxyNode(node.Id, name, kind) { ReusesPorts = HasFeature(node, ReusePortFeature) };
        return MetadataText(node, "systemCaPath") is { Length: > 0 } systemCaPath ? proxy with { SystemCaPath = systemCaPath } : proxy;
    }

    // The first dot ends the mesh, which zone proxies leave empty; a Kubernetes name has dots of its own.
    private static bool TryReadName(string id, out string name)
    {
        var dot = id.IndexOf('.', StringComparison.Ordinal);
        name = id[(dot + 1)..];
        return dot >= 0 && ResourceNames.IsValidName(name) && (dot == 0 || ResourceNames.IsValidName(id[..dot]));
    }

    /// <summary>Reads the resource that a proxy sent of itself.</summary>
    /// <param name="node">The node as it came.</param>
    /// <param name="proxy">What <see cref="Read"/> made of it.</param>
    /// <param name="zone">Zone of this control plane.</param>
    /// <returns>Null when it sent none.</returns>
    /// <exception cref="RpcException">The resource cannot be served; the text says why.</exception>
    public static Resource? ReadResource(Node node, ProxyNode proxy, string zone)
    {
        if (MetadataText(node, "dataplane.resource") is not { Length: > 0 } text)
        {
            return null;
        }

        var resource = EmbeddedResource.Read(text, proxy.Kind, zone, out var error) ?? throw Refused($"dataplane.resource: {error}");
        return resource.Name == proxy.Name
            ? resource
            : throw Refused($"dataplane.resource is named {resource.Name}, but the node id says {proxy.Name}");
    }

    private static string? MetadataText(Node node, string key) =>
        node.Metadata is { } metadata && metadata.Fields.TryGetValue(key, out var value) && value.KindCase == Value.KindOneofCase.StringValue
            ? value.StringValue
            : null;

    private static bool HasFeature(Node node, string feature) =>
        node.Metadata is { } metadata
        && metadata.Fields.TryGetValue("features", out var value)
        && value.KindCase == Value.KindOneofCase.ListValue
        && value.ListValue.Values.Any(entry => entry.StringValue == feature);

    // Kuma's callbacks fail with plain Go errors, which have no status code of their own.
    private static RpcException Refused(string reason) => new(new Status(StatusCode.Unknown, reason));
}
