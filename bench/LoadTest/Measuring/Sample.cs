using Zoneway.LoadTest.Load;

namespace Zoneway.LoadTest.Measuring;

/// <summary>What one contender did in one case, once.</summary>
internal sealed record Sample
{
    private const double MostForeignProcessors = 0.25;
    private const double MostStolenShare = 0.05;

    /// <summary>Number of the round, from 1.</summary>
    public int Round { get; init; }

    public required LoadResult Load { get; init; }

    /// <summary>Resident memory of the same contender with the smallest route table; null but for the cases about the number of routes.</summary>
    public long? SmallTableResidentBytes { get; init; }

    /// <summary>Routes of such a case, less those of the smallest table.</summary>
    public int AddedRoutes { get; init; }

    /// <summary>Null but for the case about endpoint updates.</summary>
    public UpdateReading? Updates { get; init; }

    /// <summary>Whether something else used so much of the machine that the figures are doubtful.</summary>
    public bool IsNoisy => Load.Usage is { } usage
        && (usage.ForeignProcessors > MostForeignProcessors || usage.Steal > MostStolenShare * usage.Seconds * Environment.ProcessorCount);

    /// <summary>Whether bytes and routes were right.</summary>
    public bool IsCorrect => Load is { WrongBytes: 0, WrongRoutes: 0 } && Updates is null or { Rejected: 0 };

    /// <summary>Whether its figures count: nothing failed and nothing was wrong.</summary>
    public bool IsValid => IsCorrect && Load.Failures == 0;
}

/// <summary>How endpoint updates went.</summary>
/// <param name="PerSecond">Updates sent per second.</param>
/// <param name="Rejected">Updates that were answered with a NACK.</param>
/// <param name="FirstConnection">From sending an update to the greeting of the first connection on the new endpoint.</param>
internal sealed record UpdateReading(double PerSecond, int Rejected, LatencySummary FirstConnection);
