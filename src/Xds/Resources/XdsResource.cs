using Google.Protobuf.WellKnownTypes;

namespace Zoneway.Xds.Resources;

/// <summary>One resource as it was received.</summary>
/// <param name="Name">Its name: that of the delta wrapper, or the name field of the message.</param>
/// <param name="Version">The version of the response (state of the world) or of the resource (delta).</param>
/// <param name="Body">The message, untouched: the configuration dump echoes these bytes.</param>
internal sealed record XdsResource(string Name, string Version, Any Body);
