using Envoy.Config.Core.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Zoneway.Xds.Ads;

/// <summary>The protobuf form of a <see cref="NodeIdentity"/>.</summary>
internal static class NodeMessage
{
    private const string UserAgent = "zoneway";

    private static readonly string Version = typeof(NodeMessage).Assembly.GetName().Version?.ToString(3) ?? "";

    /// <summary>Makes the node that opens every stream.</summary>
    /// <exception cref="InvalidProtocolBufferException">The metadata is nested too deeply.</exception>
    public static Node From(NodeIdentity identity) => new()
    {
        Id = identity.Id,
        Cluster = identity.Cluster,
        Metadata = JsonParser.Default.Parse<Struct>(identity.Metadata.ToJsonString()),
        UserAgentName = UserAgent,
        UserAgentVersion = Version,
    };
}
