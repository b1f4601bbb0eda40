using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Zoneway.Xds.Protocol;

namespace Zoneway.Xds.Resources;

/// <summary>One resource as it was received.</summary>
/// <param name="Name">Its name: that of the delta wrapper, or the name field of the message.</param>
/// <param name="Version">The version of the response (state of the world) or of the resource (delta).</param>
/// <param name="TypeUrl">Its type.</param>
/// <param name="Value">The serialized message, untouched: the configuration dump echoes these bytes.</param>
internal sealed record XdsResource(string Name, string Version, string TypeUrl, ByteString Value)
{
    /// <summary>Takes a resource apart, so that of the many no more than this is kept: parsing makes a string of every type URL.</summary>
    public XdsResource(string name, string version, Any body)
        : this(name, version, TypeUrls.Shared(body.TypeUrl) ?? body.TypeUrl, body.Value)
    {
    }

    /// <summary>Type and message together; a new one for each call.</summary>
    public Any Body
    {
        get => new() { TypeUrl = TypeUrl, Value = Value };
        init => (TypeUrl, Value) = (TypeUrls.Shared(value.TypeUrl) ?? value.TypeUrl, value.Value);
    }
}
