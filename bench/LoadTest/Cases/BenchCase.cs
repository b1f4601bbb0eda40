using Zoneway.LoadTest.Contenders;
using Zoneway.LoadTest.Measuring;

namespace Zoneway.LoadTest.Cases;

/// <summary>Something that contenders are compared in.</summary>
internal abstract class BenchCase
{
    /// <summary>Name in options and reports.</summary>
    public abstract string Name { get; }

    /// <summary>What is done, in a sentence for the report.</summary>
    public abstract string Description { get; }

    /// <summary>What is reported.</summary>
    public abstract IReadOnlyList<Metric> Metrics { get; }

    /// <summary>Whether it starts contenders of its own and takes long, so that a short run takes it once.</summary>
    public virtual bool StartsContenders => false;

    /// <summary>Whether it makes sense for a contender.</summary>
    public virtual bool AppliesTo(Contender contender) => true;

    /// <summary>Takes one sample.</summary>
    public abstract Task<Sample> MeasureAsync(CaseRun run);
}
