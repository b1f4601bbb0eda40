using Google.Protobuf;

namespace Zoneway.Xds.Translation;

/// <summary>Why a resource, or a part of it, cannot be put in force.</summary>
/// <param name="Resource">The resource's name.</param>
/// <param name="Field">Path of the field concerned, in protobuf's names; empty for the whole resource.</param>
/// <param name="Reason">A sentence without its subject for the operator and the control plane.</param>
/// <param name="Part">The message that is left out because of it, such as one filter chain; null for the whole resource.</param>
internal sealed record TranslationError(string Resource, string Field, string Reason, IMessage? Part);

/// <summary>A field that has no effect here, although nothing is wrong with it.</summary>
/// <param name="Resource">The resource's name.</param>
/// <param name="Field">Path of the field.</param>
/// <param name="Why">Why it has none.</param>
internal sealed record IgnoredField(string Resource, string Field, string Why)
{
    /// <inheritdoc/>
    public override string ToString() => Field.Length == 0 ? $"{Resource}: {Why}" : $"{Resource}: {Field}: {Why}";
}

/// <summary>A setting that is in force.</summary>
/// <param name="Resource">Name of the resource.</param>
/// <param name="Field">Path of the field inside it.</param>
/// <param name="What">The effect in a few words with its values, such as <c>idle timeout 1h</c>.</param>
internal sealed record EnforcedField(string Resource, string Field, string What)
{
    /// <inheritdoc/>
    public override string ToString() => Field.Length == 0 ? $"{Resource}: {What}" : $"{Resource}: {Field}: {What}";
}
