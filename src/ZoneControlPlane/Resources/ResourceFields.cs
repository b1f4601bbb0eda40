using System.Globalization;
using Zoneway.ZoneControlPlane.Commands;
using Zoneway.ZoneControlPlane.Resources.Yaml;

namespace Zoneway.ZoneControlPlane.Resources;

/// <summary>
/// Typed reading of one mapping: every wrong value becomes a finding with its line, and the fields nobody asked for are reported as
/// ignored by <see cref="ReportRest"/>. A method that found an error returns what stands for "absent".
/// </summary>
internal sealed class ResourceFields
{
    private delegate bool TryRead<T>(string text, out T value);

    private readonly Dictionary<string, YamlField> _unread;
    private readonly string _path;
    private readonly ProblemList _problems;

    public ResourceFields(YamlElement mapping, string path, ProblemList problems)
    {
        Line = mapping.Line;
        _path = path;
        _problems = problems;
        _unread = (mapping.Fields ?? []).ToDictionary(static field => field.Name, StringComparer.Ordinal);
    }

    /// <summary>Line on which the mapping begins.</summary>
    public int Line { get; }

    /// <summary>Text of a field; null when absent.</summary>
    public string? Text(string name) => Take(name) is { } field ? TextOf(field) : null;

    /// <summary>Text of a field that must be there; empty after reporting that it is not.</summary>
    public string RequiredText(string name)
    {
        var text = Text(name);
        if (string.IsNullOrEmpty(text))
        {
            _problems.Error(Line, $"{PathOf(name)} is required");
        }

        return text ?? "";
    }

    /// <summary>A name of the resource model; null when absent, empty or wrong.</summary>
    public string? Name(string name)
    {
        var line = LineOf(name);
        var text = Text(name);
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (ResourceNames.IsValidName(text))
        {
            return text;
        }

        _problems.Error(line, $"{PathOf(name)} \"{Shorten(text)}\" is not a name: letters, digits, '-', '_' and '.', at most {ResourceLimits.MaxNameLength}");
        return null;
    }

    /// <summary>A name (letters, digits, <c>-</c>, <c>_</c>, <c>.</c>) that must be there; empty after reporting an error.</summary>
    public string RequiredName(string name)
    {
        if (!_unread.TryGetValue(name, out var field) || field.Value is { IsNull: true } or { Scalar: "" })
        {
            _problems.Error(Line, $"{PathOf(name)} is required");
        }

        return Name(name) ?? "";
    }

    /// <summary>An IP address or host name; null when absent.</summary>
    public string? Host(string name)
    {
        var line = LineOf(name);
        var text = Text(name);
        if (!string.IsNullOrEmpty(text) && Uri.CheckHostName(text) == UriHostNameType.Unknown)
        {
            _problems.Error(line, $"{PathOf(name)} \"{Shorten(text)}\" is neither an IP address nor a host name");
            return null;
        }

        return string.IsNullOrEmpty(text) ? null : text;
    }

    /// <summary>A port, 1 to 65535; null when absent.</summary>
    public int? Port(string name) => Typed<int>(name, TryReadPort, "is not a port: 1 to 65535");

    /// <summary>A number of instances; 0 when absent.</summary>
    public uint Count(string name) => Typed<uint>(name, TryReadCount, $"is not a number from 0 to {uint.MaxValue}") ?? 0;

    /// <summary>A positive time as Kuma writes it, such as <c>10s</c>; null when absent.</summary>
    public TimeSpan? Duration(string name) => Typed<TimeSpan>(name, GoDuration.TryParse, "is not a duration such as 10s");

    /// <summary>A percentage, 0 to 100, as a number or as text; null when absent.</summary>
    public decimal? Percentage(string name) => Typed<decimal>(name, TryReadPercentage, "is not a percentage: 0 to 100");

    /// <summary>A status of HTTP that an answer can have, 200 to 599; null when absent.</summary>
    public uint? HttpStatus(string name) => Typed<uint>(name, TryReadStatus, "is not a status from 200 to 599");

    /// <summary>A <c>true</c> or <c>false</c>; null when absent.</summary>
    public bool? Flag(string name) => Typed<bool>(name, bool.TryParse, "is neither true nor false");

    /// <summary>A mapping; null when absent.</summary>
    public ResourceFields? Child(string name)
    {
        if (Take(name) is not { } field || field.Value.IsNull)
        {
            return null;
        }

        if (field.Value.Fields is null)
        {
            _problems.Error(field.Line, $"{PathOf(name)} must be a mapping of fields");
            return null;
        }

        return new ResourceFields(field.Value, PathOf(name), _problems);
    }

    /// <summary>The mappings of a list; null when the field is absent.</summary>
    public IReadOnlyList<ResourceFields>? Children(string name)
    {
        if (Take(name) is not { } field || field.Value.IsNull)
        {
            return null;
        }

        if (field.Value.Items is not { } items || items.Any(static item => item.Fields is null))
        {
            _problems.Error(field.Line, $"{PathOf(name)} must be a list of mappings");
            return [];
        }

        return [.. items.Select((item, index) => new ResourceFields(item, $"{PathOf(name)}[{index}]", _problems))];
    }

    /// <summary>A tag set with <c>kuma.io/service</c>; empty when absent or wrong.</summary>
    public TagSet ServiceTags(string name)
    {
        var line = LineOf(name);
        if (Child(name) is not { } tags)
        {
            _problems.Error(line, $"{PathOf(name)} is required");
            return TagSet.Empty;
        }

        var pairs = tags._unread.Values.Select(field => KeyValuePair.Create(field.Name, TextOf(field) ?? "")).ToList();
        tags._unread.Clear();
        if (ResourceNames.FindTagError(pairs) is { } error)
        {
            _problems.Error(tags.Line, $"{PathOf(name)}: {error}");
            return TagSet.Empty;
        }

        return TagSet.Of(pairs);
    }

    /// <summary>Tags to select by, each value a tag value or, where allowed, <c>*</c>; empty when absent or wrong.</summary>
    public TagSet SelectorTags(string name, bool allowsWildcard)
    {
        if (Child(name) is not { } tags)
        {
            return TagSet.Empty;
        }

        var pairs = tags._unread.Values.Select(field => KeyValuePair.Create(field.Name, TextOf(field) ?? "")).ToList();
        tags._unread.Clear();
        foreach (var (key, value) in pairs)
        {
            if (!ResourceNames.IsValidTagKey(key) || !(ResourceNames.IsValidTagValue(value) || (allowsWildcard && value == "*")))
            {
                _problems.Error(tags.Line, $"{PathOf(name)}: \"{Shorten(key)}\" is not a tag, or its value cannot be one");
                return TagSet.Empty;
            }
        }

        return TagSet.Of(pairs);
    }

    /// <summary>One of a few words; null when absent or, after reporting it, none of them.</summary>
    public T? Word<T>(string name, IReadOnlyDictionary<string, T> words)
        where T : struct
    {
        var complaint = $"is none of {string.Join(", ", words.Keys.Order(StringComparer.Ordinal))}";
        return Typed<T>(name, words.TryGetValue, complaint);
    }

    /// <summary>Text whose value must never be shown, also not when it is wrong; null when absent or empty.</summary>
    /// <param name="name">Name of the field.</param>
    /// <param name="isBase64">The text is base64 of what is meant.</param>
    public ReadOnlyMemory<byte>? Secret(string name, bool isBase64)
    {
        var line = LineOf(name);
        if (Text(name) is not { Length: > 0 } text)
        {
            return null;
        }

        if (!isBase64)
        {
            return System.Text.Encoding.UTF8.GetBytes(text);
        }

        var bytes = new byte[text.Length];
        if (Convert.TryFromBase64String(text, bytes, out var length))
        {
            return bytes.AsMemory(0, length);
        }

        _problems.Error(line, $"{PathOf(name)} is not base64");
        return null;
    }

    /// <summary>Whether a field is there that nothing has asked for yet.</summary>
    public bool Has(string name) => _unread.TryGetValue(name, out var field) && !field.Value.IsNull;

    /// <summary>Takes a field as read without using it.</summary>
    public void Skip(string name) => Take(name);

    /// <summary>Reports a fault of the mapping as a whole.</summary>
    public void Error(string message) => _problems.Error(Line, message);

    /// <summary>Reports a fault of one field, and takes it as read.</summary>
    public void Error(string name, string message)
    {
        _problems.Error(LineOf(name), $"{PathOf(name)} {message}");
        Skip(name);
    }

    /// <summary>Reports what will not work in a field, though it is right in form.</summary>
    public void Warn(string name, string message) => _problems.Warning(LineOf(name), $"{PathOf(name)} {message}");

    /// <summary>Reports that the mapping, though right, has no effect here.</summary>
    public void Notice(string message) => _problems.Notice(Line, message);

    /// <summary>Reports the fields that nothing has asked for.</summary>
    public void ReportRest()
    {
        foreach (var field in _unread.Values)
        {
            _problems.Ignored(field.Line, $"{PathOf(field.Name)} is not used");
        }
    }

    private T? Typed<T>(string name, TryRead<T> tryRead, string complaint)
        where T : struct
    {
        if (Take(name) is not { } field || TextOf(field) is not { } text)
        {
            return null;
        }

        if (tryRead(text, out var value))
        {
            return value;
        }

        _problems.Error(field.Line, $"{PathOf(name)} \"{Shorten(text)}\" {complaint}");
        return null;
    }

    private static bool TryReadPort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= 65535;

    private static bool TryReadCount(string text, out uint count) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count);

    private static bool TryReadPercentage(string text, out decimal percentage) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out percentage) && percentage is >= 0 and <= 100;

    private static bool TryReadStatus(string text, out uint status) => TryReadCount(text, out status) && status is >= 200 and <= 599;

    private YamlField? Take(string name) => _unread.Remove(name, out var field) ? field : null;

    private int LineOf(string name) => _unread.TryGetValue(name, out var field) ? field.Line : Line;

    private string? TextOf(YamlField field)
    {
        if (field.Value.Scalar is null && !field.Value.IsNull)
        {
            _problems.Error(field.Line, $"{PathOf(field.Name)} must be a plain value");
        }

        return field.Value.Scalar;
    }

    private string PathOf(string name) => _path.Length == 0 ? name : $"{_path}.{name}";

    private static string Shorten(string text) => text.Length <= 80 ? text : string.Concat(text.AsSpan(0, 80), "…");
}
