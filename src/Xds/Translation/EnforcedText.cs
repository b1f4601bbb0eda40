using System.Globalization;
using System.Runtime.CompilerServices;

namespace Zoneway.Xds.Translation;

/// <summary>The text of an <see cref="EnforcedField"/>, made only where someone will read it: a proxy translates thousands of chains for each update and explains none.</summary>
[InterpolatedStringHandler]
internal ref struct EnforcedText
{
    private DefaultInterpolatedStringHandler _text;

    public EnforcedText(int literalLength, int formattedCount, Findings findings, out bool isWanted)
    {
        isWanted = findings.Explains;
        _text = isWanted ? new(literalLength, formattedCount, CultureInfo.InvariantCulture) : default;
    }

    public void AppendLiteral(string value) => _text.AppendLiteral(value);

    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    public string ToStringAndClear() => _text.ToStringAndClear();
}
