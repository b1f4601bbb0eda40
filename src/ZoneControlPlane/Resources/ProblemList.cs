namespace Zoneway.ZoneControlPlane.Resources;

/// <summary>Collects the findings of one file, up to <see cref="ResourceLimits.MaxProblems"/>; errors are always counted.</summary>
internal sealed class ProblemList
{
    private readonly List<ResourceProblem> _problems = [];

    /// <summary>The findings, in the order they were met.</summary>
    public IReadOnlyList<ResourceProblem> Problems => _problems;

    /// <summary>Whether any finding makes the file bad.</summary>
    public bool HasErrors { get; private set; }

    /// <summary>Adds the findings of one document; errors and warnings say which one it is.</summary>
    /// <param name="document">The findings.</param>
    /// <param name="name">What the document says it is.</param>
    public void AddDocument(ProblemList document, string name)
    {
        foreach (var (severity, line, message) in document.Problems)
        {
            Add(severity, line, severity >= ProblemSeverity.Warning ? $"{name}: {message}" : message);
        }
    }

    public void Error(int line, string message) => Add(ProblemSeverity.Error, line, message);

    public void Warning(int line, string message) => Add(ProblemSeverity.Warning, line, message);

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
