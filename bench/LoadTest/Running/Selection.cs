namespace Zoneway.LoadTest.Running;

/// <summary>Picks cases and contenders by name.</summary>
internal static class Selection
{
    /// <summary>
    /// All items that one of the words names: the one with exactly that name, or else all whose name begins with the word and a hyphen, such as <c>up-1</c> and
    /// <c>up-8</c> for <c>up</c>.
    /// </summary>
    /// <param name="items">The items, in the order wanted.</param>
    /// <param name="name">Their names.</param>
    /// <param name="words">The words; none for all items.</param>
    /// <param name="unknown">Words that name nothing.</param>
    public static IReadOnlyList<T> Pick<T>(IReadOnlyList<T> items, Func<T, string> name, IReadOnlyList<string> words, out IReadOnlyList<string> unknown)
    {
        var picks = words.ToDictionary(word => word, word => Named(items, name, word));
        unknown = [.. words.Where(word => picks[word].Count == 0)];
        return words.Count == 0 ? items : [.. items.Where(item => picks.Values.Any(pick => pick.Contains(item)))];
    }

    private static List<T> Named<T>(IReadOnlyList<T> items, Func<T, string> name, string word)
    {
        var exact = items.Where(item => name(item) == word).ToList();
        return exact.Count > 0 ? exact : [.. items.Where(item => name(item).StartsWith(word + "-", StringComparison.Ordinal))];
    }
}
