namespace Zoneway.LoadTest.Running;

/// <summary>What a run is asked to do.</summary>
internal sealed record BenchOptions
{
    /// <summary>Names of cases, or what they begin with; empty for all.</summary>
    public IReadOnlyList<string> Cases { get; init; } = [];

    /// <summary>Names of contenders, or what they begin with; empty for all that can take part.</summary>
    public IReadOnlyList<string> Contenders { get; init; } = [];

    /// <summary>Samples per case and contender, which is the number of rounds.</summary>
    public int Samples { get; init; } = 5;

    /// <summary>Length of the interval of a sample.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(0.7);

    /// <summary>How often a noisy sample is taken again, in the hope of a quiet one.</summary>
    public int Retakes { get; init; } = 2;

    /// <summary>A run of less than two minutes: fewer cases and contenders, shorter and fewer samples.</summary>
    public bool IsQuick { get; init; }

    /// <summary>After so long no case is begun any more.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromHours(3);

    /// <summary>Path of <c>zone-ingress</c>; null when there is none.</summary>
    public string? ZoneIngress { get; init; }

    /// <summary>Where the report goes as JSON; null for nowhere.</summary>
    public string? JsonPath { get; init; }

    /// <summary>Where the report goes as Markdown; null for standard output.</summary>
    public string? MarkdownPath { get; init; }

    /// <summary>What a short run is, unless it is said otherwise.</summary>
    public BenchOptions Quick() => this with { IsQuick = true, Samples = 3, Retakes = 0, Duration = TimeSpan.FromSeconds(0.3), TimeLimit = TimeSpan.FromSeconds(100) };
}
