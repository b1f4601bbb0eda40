using System.Globalization;

namespace Zoneway.SniRouter.AccessLogs;

/// <summary>What an operator stands for in one line: a text, a number, or nothing.</summary>
internal readonly struct AccessLogValue
{
    private readonly string? _text;
    private readonly long _number;

    private AccessLogValue(string? text, long number, bool isNumber) => (_text, _number, IsNumber) = (text, number, isNumber);

    /// <summary>Nothing is known.</summary>
    public static AccessLogValue None => default;

    /// <summary>Whether there is nothing.</summary>
    public bool IsNone => _text is null && !IsNumber;

    /// <summary>Whether it is a number.</summary>
    public bool IsNumber { get; }

    /// <summary>The number; only where it is one.</summary>
    public long Number => _number;

    /// <summary>A text; null and empty ones are nothing.</summary>
    public static AccessLogValue Of(string? text) => string.IsNullOrEmpty(text) ? None : new(text, 0, isNumber: false);

    /// <summary>A number.</summary>
    public static AccessLogValue Of(long number) => new(null, number, isNumber: true);

    /// <summary>The value as text, cut to a length; <paramref name="nothing"/> where there is none.</summary>
    public string ToText(int maxLength, string nothing)
    {
        var text = IsNumber ? _number.ToString(CultureInfo.InvariantCulture) : _text ?? nothing;
        return text.Length > maxLength ? text[..maxLength] : text;
    }
}
