namespace Zoneway.Xds.Resources;

/// <summary>Why a resource, or a part of it, is not in force.</summary>
/// <param name="Resource">The resource's name.</param>
/// <param name="Field">The path of the field concerned, such as <c>filter_chains[2].filters[0]</c>; empty for the whole resource.</param>
/// <param name="Reason">A sentence for the operator and the control plane.</param>
/// <param name="IsNew">False when exactly this content was rejected before: it is then acknowledged, as a control plane may stall on every NACK (protocol §3.3).</param>
internal sealed record ResourceError(string Resource, string Field, string Reason, bool IsNew)
{
    /// <inheritdoc/>
    public override string ToString() => Field.Length == 0 ? $"{Resource}: {Reason}" : $"{Resource}: {Field}: {Reason}";
}
