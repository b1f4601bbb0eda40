using Zoneway.LoadTest.Running;

namespace Zoneway.LoadTest.Reporting;

/// <summary>When, where and how a run took place.</summary>
/// <param name="Date">When it began.</param>
/// <param name="Machine">Where, in a sentence.</param>
/// <param name="Options">What was asked for.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="WasCutShort">Whether it ended before all samples were taken.</param>
internal sealed record ReportHeader(DateTimeOffset Date, string Machine, BenchOptions Options, TimeSpan Elapsed, bool WasCutShort);
