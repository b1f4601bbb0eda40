namespace Zoneway.ZoneControlPlane.Resources;

/// <summary>Collects the findings of one file, up to <see cref="ResourceLimits.MaxProblems"/>; errors are always counted.</summary>
internal sealed class ProblemList
{
    private readonly List<ResourceProblem> _problems = [];

    /// <summary>The findings, in the order they were met.</summary>
    public IReadOnlyList<ResourceProblem> Problems => _problems;

    /// <summary>Whether any finding makes the file bad.</summary>
    public bool HasErrors { get; private set; }

    public void Error(int line, string message) => Add(ProblemSeverity.Error, line, message);

    public void Notice(int line, string message) => Add(ProblemSeverity.Notice, line, message);

    public void Ignored(int line, string message) => Add(ProblemSeverity.Ignored, line, message);

    private void Add(ProblemSeverity severity, int line, string message)
    {
        var isFirstError = severity == ProblemSeverity.Error && !HasErrors;
        HasErrors |= severity == ProblemSeverity.Error;
        if (_problems.Count < ResourceLimits.MaxProblems || isFirstError)
        {
            _problems.Add(new ResourceProblem(severity, line, message));
        }
    }
}
