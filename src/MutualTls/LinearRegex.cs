using System.Text.RegularExpressions;

namespace Zoneway.MutualTls;

/// <summary>Regular expressions whose time is linear in the text, as RE2's is: what would need backtracking (back references, look-around) is refused, as RE2 refuses it.</summary>
public static class LinearRegex
{
    /// <summary>Longest pattern, in characters: an automaton is built from it.</summary>
    public const int MaxLength = 4096;

    /// <summary>Makes an expression.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="isWhole">Whether it has to fit the whole text (RE2's FullMatch) rather than a part of it.</param>
    /// <param name="problem">What is wrong with it; empty for nothing.</param>
    /// <returns>Null for a pattern that is too long or that cannot be run so.</returns>
    public static Regex? TryCreate(string pattern, bool isWhole, out string problem)
    {
        problem = "";
        if (pattern.Length > MaxLength)
        {
            problem = $"a regular expression has at most {MaxLength} characters";
            return null;
        }

        try
        {
            // By itself first: a parenthesis too many would end the group that it is put in.
            _ = new Regex(pattern, RegexOptions.CultureInvariant);
            return new Regex(isWhole ? $@"\A(?:{pattern})\z" : pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, Regex.InfiniteMatchTimeout);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            problem = $"the regular expression cannot be used: {exception.Message}";
            return null;
        }
    }
}
