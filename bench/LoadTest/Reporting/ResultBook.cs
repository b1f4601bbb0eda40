using Zoneway.LoadTest.Cases;
using Zoneway.LoadTest.Contenders;
using Zoneway.LoadTest.Measuring;

namespace Zoneway.LoadTest.Reporting;

/// <summary>All samples of a run, and what went wrong.</summary>
internal sealed class ResultBook(IReadOnlyList<BenchCase> cases, IReadOnlyList<Contender> contenders)
{
    private const int MostProblems = 100;

    private readonly Dictionary<(BenchCase, Contender), List<Sample>> _samples = [];
    private readonly List<string> _problems = [];

    public IReadOnlyList<BenchCase> Cases => cases;

    public IReadOnlyList<Contender> Contenders => contenders;

    /// <summary>What went wrong, as sentences.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Whether a byte or a route was wrong, or what is measured did not start or failed.</summary>
    public bool HasFailed { get; private set; }

    public void Add(BenchCase benchCase, Contender contender, Sample sample)
    {
        if (!_samples.TryGetValue((benchCase, contender), out var samples))
        {
            _samples.Add((benchCase, contender), samples = []);
        }

        samples.Add(sample);
        HasFailed |= !sample.IsCorrect;
        if (Describe(sample) is { } problem)
        {
            Note($"{benchCase.Name}, {contender.Name}: {problem}");
        }
    }

    /// <summary>A contender did not start or did not serve.</summary>
    public void AddProblem(string problem)
    {
        HasFailed = true;
        Note(problem);
    }

    public IReadOnlyList<Sample> Samples(BenchCase benchCase, Contender contender) => _samples.TryGetValue((benchCase, contender), out var samples) ? samples : [];

    private void Note(string problem)
    {
        if (_problems.Count < MostProblems)
        {
            _problems.Add(problem);
        }
    }

    private static string? Describe(Sample sample)
    {
        var load = sample.Load;
        string?[] parts =
        [
            load.WrongBytes > 0 ? $"wrong bytes {load.WrongBytes} times" : null,
            load.WrongRoutes > 0 ? $"wrong route {load.WrongRoutes} times" : null,
            sample.Updates is { Rejected: > 0 } updates ? $"{updates.Rejected} updates rejected" : null,
            load.Failures > 0 ? $"{load.Failures} failures ({string.Join("; ", load.FailureReasons)}), sample left out" : null,
            load.Leaked > 0 ? $"{load.Leaked} connections to the back end stayed open" : null,
        ];
        return parts.Any(part => part is not null) ? string.Join(", ", parts.Where(part => part is not null)) : null;
    }
}
