namespace Zoneway.Xds.Resources;

/// <summary>What one response of the control plane changes among the resources of one type.</summary>
/// <param name="TypeUrl">The type, one of <see cref="Protocol.TypeUrls"/>.</param>
/// <param name="Updated">Resources that are new, changed, or sent again unchanged.</param>
/// <param name="Removed">Names of resources that are gone.</param>
internal sealed record ResourceChange(string TypeUrl, IReadOnlyList<XdsResource> Updated, IReadOnlyList<string> Removed);
