using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

namespace Zoneway.Microbenchmarks;

/// <summary>Short runs: a few seconds for each benchmark, precise enough to see a regression; the allocation column is exact.</summary>
/// <remarks>
/// Runs in this process: BenchmarkDotNet 0.14 looks for the project by the name of the assembly, which has a prefix here, and a
/// generated project would be built with this repository's analyzers.
/// </remarks>
internal sealed class ShortConfig : ManualConfig
{
    public ShortConfig()
    {
        Add(DefaultConfig.Instance);
        AddDiagnoser(MemoryDiagnoser.Default);
        AddJob(Job.ShortRun
            .WithToolchain(InProcessEmitToolchain.Instance)
            .WithWarmupCount(8)
            .WithIterationTime(TimeInterval.FromMilliseconds(200))
            .WithIterationCount(7));
    }
}
