namespace Zoneway.ZoneControlPlane.Resources;

/// <summary>How much a finding in a resource file matters.</summary>
internal enum ProblemSeverity
{
    /// <summary>A field this program does not use; the file is good.</summary>
    Ignored,

    /// <summary>A resource kind this program does not serve; the file is good.</summary>
    Notice,

    /// <summary>Something will not work as it is written; the document is good.</summary>
    Warning,

    /// <summary>The document is bad and its last good state stays in force.</summary>
    Error,
}

/// <summary>A finding in a resource file.</summary>
/// <param name="Severity">How much it matters.</param>
/// <param name="Line">Line of the file, counted from 1.</param>
/// <param name="Message">What is wrong, for the person who wrote the file.</param>
internal sealed record ResourceProblem(ProblemSeverity Severity, int Line, string Message);
