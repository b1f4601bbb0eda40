namespace Zoneway.Xds.Files;

/// <summary>A text is not the YAML that is accepted here. The message carries line and column.</summary>
internal sealed class YamlFormatException : FormatException
{
    /// <summary>Says what is wrong, and where.</summary>
    public YamlFormatException(string reason, long line, long column, Exception? inner = null)
        : base($"line {line}, column {column}: {reason}", inner)
    {
        Reason = reason;
        Line = line;
        Column = column;
    }

    /// <summary>What is wrong, without the place.</summary>
    public string Reason { get; }

    /// <summary>Line, counted from 1.</summary>
    public long Line { get; }

    /// <summary>Column, counted from 1.</summary>
    public long Column { get; }
}
