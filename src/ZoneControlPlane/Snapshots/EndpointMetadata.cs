using Envoy.Config.Core.V3;
using Google.Protobuf.WellKnownTypes;
using Zoneway.ZoneControlPlane.Resources;

namespace Zoneway.ZoneControlPlane.Snapshots;

/// <summary>Writes tags as what Envoy's balancer and its transport socket matches read. Protocol §5.2, §5.6.</summary>
internal static class EndpointMetadata
{
    /// <summary>The metadata of an endpoint with these tags.</summary>
    public static Metadata Of(TagSet tags) => new()
    {
        FilterMetadata = { ["envoy.lb"] = ToStruct(tags), ["envoy.transport_socket_match"] = ToStruct(tags) },
    };

    /// <summary>Tags in the order of their keys, so that equal tags are equal bytes.</summary>
    public static Struct ToStruct(TagSet tags)
    {
        var fields = new Struct();
        foreach (var (key, value) in tags.Tags)
        {
            fields.Fields.Add(key, Value.ForString(value));
        }

        return fields;
    }
}
