using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace Zoneway.Hosting.Admin;

/// <summary>Which messages are logged, to be changed while the program runs. Safe on any thread.</summary>
/// <param name="initial">The level at first.</param>
internal sealed class LogLevels(LogLevel initial)
{
    /// <summary>Most categories that may have a level of their own.</summary>
    public const int MostCategories = 1000;

    // Asked for each message that might be logged, and changed by hand.
    private ImmutableDictionary<string, LogLevel> _byPrefix = ImmutableDictionary.Create<string, LogLevel>(StringComparer.Ordinal);
    private int _default = (int)initial;

    /// <summary>The level of everything that has none of its own.</summary>
    public LogLevel Default => (LogLevel)Volatile.Read(ref _default);

    /// <summary>The levels set for parts of the program, by beginning of the category's name.</summary>
    public IReadOnlyDictionary<string, LogLevel> ByPrefix => Volatile.Read(ref _byPrefix);

    /// <summary>Whether a message is logged.</summary>
    public bool IsEnabled(string? category, LogLevel level)
    {
        var byPrefix = Volatile.Read(ref _byPrefix);
        var own = byPrefix.IsEmpty || category is null ? null : OwnLevel(byPrefix, category);
        return level >= (own ?? Frameworks(category, Default));
    }

    /// <summary>Sets the level of everything.</summary>
    public void Set(LogLevel level)
    {
        ImmutableInterlocked.Update(ref _byPrefix, static levels => levels.Clear());
        Volatile.Write(ref _default, (int)level);
    }

    /// <summary>Sets the level of a part; false when too many have one.</summary>
    public bool Set(string prefix, LogLevel level)
    {
        var isTaken = false;
        ImmutableInterlocked.Update(ref _byPrefix, levels => (isTaken = levels.Count < MostCategories || levels.ContainsKey(prefix)) ? levels.SetItem(prefix, level) : levels);
        return isTaken;
    }

    // That of the longest name that the category begins with; null for none.
    private static LogLevel? OwnLevel(ImmutableDictionary<string, LogLevel> byPrefix, string category)
    {
        LogLevel? level = null;
        var longest = -1;
        foreach (var (prefix, own) in byPrefix)
        {
            if (prefix.Length > longest && category.StartsWith(prefix, StringComparison.Ordinal))
            {
                (level, longest) = (own, prefix.Length);
            }
        }

        return level;
    }

    // The frameworks below speak up from warnings on, unless everything was asked for. What they say of a failed start the proxy says itself, in words for the operator.
    private static LogLevel Frameworks(string? category, LogLevel level)
    {
        if (level == LogLevel.Trace || category is null)
        {
            return level;
        }

        var least = category.StartsWith("Microsoft.Extensions.Hosting", StringComparison.Ordinal) ? LogLevel.Critical
            // A line for each request that fails, of which access logs and metrics tell.
            : category.StartsWith("Yarp", StringComparison.Ordinal) ? LogLevel.Error
            : category.StartsWith("Microsoft", StringComparison.Ordinal) || category.StartsWith("System", StringComparison.Ordinal) ? LogLevel.Warning
            : level;
        return level > least ? level : least;
    }
}
