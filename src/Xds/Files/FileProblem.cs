namespace Zoneway.Xds.Files;

/// <summary>Something wrong with one entry of a text of resources.</summary>
/// <param name="Place">Where the entry is, such as <c>resources[3]</c>.</param>
/// <param name="Resource">Name of the resource; empty when it has none.</param>
/// <param name="Field">Path of the field as the text spells it; empty for the whole entry.</param>
/// <param name="Reason">What is wrong.</param>
internal sealed record FileProblem(string Place, string Resource, string Field, string Reason)
{
    /// <inheritdoc/>
    public override string ToString()
    {
        var entry = Resource.Length == 0 ? Place : $"{Place} '{Resource}'";
        return Field.Length == 0 ? $"{entry}: {Reason}" : $"{entry}: {Field}: {Reason}";
    }
}
