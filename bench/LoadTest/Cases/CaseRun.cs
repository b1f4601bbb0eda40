using Zoneway.LoadTest.Contenders;
using Zoneway.LoadTest.Load;
using Zoneway.LoadTest.Measuring;
using Zoneway.LoadTest.Running;

namespace Zoneway.LoadTest.Cases;

/// <summary>What a case gets to take a sample with.</summary>
/// <param name="Harness">Load generator and back ends.</param>
/// <param name="Options">The options of the run.</param>
/// <param name="Shared">The contender that runs for all cases of a round.</param>
internal sealed record CaseRun(Harness Harness, BenchOptions Options, RunningContender Shared)
{
    public Contender Contender => Shared.Contender;

    /// <summary>Length of the interval that counts.</summary>
    public TimeSpan Duration => Options.Duration;

    /// <summary>How long a load runs before the interval.</summary>
    public TimeSpan WarmUp => Options.Duration * 0.3;

    public async Task<Sample> TakeAsync(LoadRequest request) => new() { Load = await Harness.Load.RunAsync(request with { WarmUp = WarmUp }) };
}
