namespace Zoneway.Xds.Ads;

/// <summary>What responses of both variants have in common.</summary>
/// <param name="TypeUrl">The type of everything in it.</param>
/// <param name="Version">Version of the type (state of the world); of the whole system, for people only (delta).</param>
/// <param name="Nonce">Names the response in its ACK or NACK.</param>
/// <param name="ControlPlane">Identifier of the control-plane instance; empty when it did not say.</param>
internal readonly record struct ResponseHeader(string TypeUrl, string Version, string Nonce, string ControlPlane);
