using System.Globalization;
using System.Net;

namespace Zoneway.Hosting.Settings;

/// <summary>Reads single settings from flags and environment, and collects every problem it meets.</summary>
/// <param name="flags">The value of a setting's flag; null when the flag was not given.</param>
/// <param name="environment">The value of an environment variable; null or empty when it is not set.</param>
internal sealed class SettingReader(Func<Setting, string?> flags, Func<string, string?> environment)
{
    private readonly List<string> _problems = [];

    /// <summary>What was wrong, a sentence each.</summary>
    public IReadOnlyList<string> Problems => _problems;

    public void Problem(string sentence) => _problems.Add(sentence);

    /// <summary>The value of the flag alone.</summary>
    public string? Flag(Setting setting) => flags(setting);

    /// <summary>The value of the flag, else that of the variable; null when neither is given.</summary>
    public string? Text(Setting setting) => flags(setting) ?? Variable(setting.Variable);

    public string? Variable(string name) => environment(name) is { Length: > 0 } value ? value : null;

    /// <summary>How a setting was given, for messages.</summary>
    public string Source(Setting setting) => flags(setting) is not null || Variable(setting.Variable) is null ? setting.Flag ?? setting.Variable : setting.Variable;

    /// <summary>True or false, in the spellings of Go.</summary>
    public bool Switch(Setting setting, bool fallback = false) => Text(setting)?.ToUpperInvariant() switch
    {
        null => fallback,
        "FALSE" or "F" or "0" => false,
        "TRUE" or "T" or "1" => true,
        _ => Report(setting, Text(setting)!, "must be true or false", fallback),
    };

    public int Number(Setting setting, int fallback, int least, int most)
    {
        if (Text(setting) is not { } text)
        {
            return fallback;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : Report(setting, text, most == int.MaxValue ? $"must be a number of at least {least}" : $"must be a number from {least} to {most}", fallback);
    }

    public TimeSpan Duration(Setting setting, TimeSpan fallback)
    {
        if (Text(setting) is not { } text)
        {
            return fallback;
        }

        return GoDuration.TryParse(text, out var duration)
            ? duration
            : Report(setting, text, "must be a duration such as 30s, 1m30s or 500ms, and no longer than 30 days", fallback);
    }

    public IPAddress Address(Setting setting, IPAddress fallback)
    {
        if (Text(setting) is not { } text)
        {
            return fallback;
        }

        return IPAddress.TryParse(text, out var address) ? address : Report(setting, text, "must be an IP address", fallback);
    }

    /// <summary>One of a few words; each stands for a value.</summary>
    public T Word<T>(Setting setting, T fallback, params ReadOnlySpan<(string Word, T Value)> words)
    {
        if (Text(setting) is not { } text)
        {
            return fallback;
        }

        foreach (var (word, value) in words)
        {
            if (string.Equals(text, word, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        var names = new List<string>();
        foreach (var (word, _) in words)
        {
            names.Add(word);
        }

        return Report(setting, text, $"must be one of {string.Join(", ", names)}", fallback);
    }

    /// <summary>Which of two settings is in force, the one that holds a text or the one that names a file: a flag wins over a variable, then the text over the file.</summary>
    /// <returns>The setting in force; null when neither is given.</returns>
    public Setting? Either(Setting text, Setting file)
    {
        if (Flag(text) is not null && Flag(file) is not null)
        {
            Problem($"{text.Flag} and {file.Flag} cannot both be given.");
        }

        return new[] { text, file }.FirstOrDefault(setting => Flag(setting) is not null)
            ?? new[] { text, file }.FirstOrDefault(setting => Variable(setting.Variable) is not null);
    }

    private T Report<T>(Setting setting, string value, string expectation, T fallback)
    {
        Problem($"{Source(setting)} {expectation}, not '{value}'.");
        return fallback;
    }
}
