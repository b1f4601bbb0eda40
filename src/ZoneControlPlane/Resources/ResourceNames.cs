namespace Zoneway.ZoneControlPlane.Resources;

/// <summary>
/// Which names and tags the resource model accepts. Names become file names and SPIFFE paths, tags become SNIs, so both are checked
/// where they enter.
/// </summary>
internal static class ResourceNames
{
    /// <summary>Whether a text can name a mesh, a zone, a proxy or a service: ASCII letters, digits, <c>-</c>, <c>_</c> and <c>.</c>, not beginning with a dot.</summary>
    public static bool IsValidName(string name) =>
        name.Length is > 0 and <= ResourceLimits.MaxNameLength && name[0] != '.' && name.All(static c => IsNameCharacter(c));

    /// <summary>Whether a text can be the value of a tag: as a name, and <c>:</c> besides.</summary>
    public static bool IsValidTagValue(string value) =>
        value.Length is > 0 and <= ResourceLimits.MaxNameLength && value.All(static c => IsNameCharacter(c) || c == ':');

    /// <summary>Whether a text can be the key of a tag: as a value, and <c>/</c> besides.</summary>
    public static bool IsValidTagKey(string key) =>
        key.Length is > 0 and <= ResourceLimits.MaxNameLength && key.All(static c => IsNameCharacter(c) || c is ':' or '/');

    /// <summary>What is wrong with the tags of a service; null when nothing is.</summary>
    public static string? FindTagError(IReadOnlyCollection<KeyValuePair<string, string>> tags)
    {
        if (tags.Count > ResourceLimits.MaxTags)
        {
            return $"more than {ResourceLimits.MaxTags} tags";
        }

        foreach (var (key, value) in tags)
        {
            if (!IsValidTagKey(key))
            {
                return "a tag key may have letters, digits, '-', '_', '.', ':' and '/' only";
            }

            if (!IsValidTagValue(value))
            {
                return $"the value of tag {key} may have letters, digits, '-', '_', '.' and ':' only, and must not be empty";
            }
        }

        return tags.Any(static tag => tag.Key == TagSet.ServiceKey) ? null : $"tag {TagSet.ServiceKey} is required";
    }

    private static bool IsNameCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.';
}
