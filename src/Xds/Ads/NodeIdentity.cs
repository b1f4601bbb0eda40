using System.Text.Json.Nodes;

namespace Zoneway.Xds.Ads;

/// <summary>Who this proxy is to the control plane: the <c>node</c> of the bootstrap, sent back unchanged (protocol §1.3).</summary>
/// <param name="Id">Node id, split by the control plane at its first dot into mesh and name: <c>.zi-1</c>.</param>
/// <param name="Cluster">Node cluster, such as <c>ingress</c>.</param>
/// <param name="Metadata">Node metadata. Ports and most booleans are strings (protocol §3.2). Must not change after it was handed over.</param>
public sealed record NodeIdentity(string Id, string Cluster, JsonObject Metadata);
