using Zoneway.TwoZones.Client;
using Zoneway.TwoZones.Script;

namespace Zoneway.TwoZones.Tests.Script;

public sealed class ScriptReportTests
{
    private readonly Step _first = new(1, "a split");
    private readonly Step _second = new(2, "a change");

    [Fact]
    public void ToJson_EveryStepPassed_IsOk()
    {
        _first.Pass("2 : 1");
        _second.Pass("3 : 1");

        const string Expected = """{"ok":true,"requests":0,"failed":0,"steps":[{"name":"a split","ok":true,"detail":"2 : 1"},{"name":"a change","ok":true,"detail":"3 : 1"}]}""";
        Assert.Equal(Expected, Report().ToJson());
    }

    [Fact]
    public void Of_StepNeverPlayed_IsNotOk()
    {
        _first.Pass("2 : 1");

        var report = Report();

        Assert.False(report.Ok);
        Assert.Equal(new StepReport("a change", Ok: false, "not played"), report.Steps[1]);
    }

    [Fact]
    public void FailRunningSteps_OneRunningOneDecided_TouchesTheRunningOnly()
    {
        _first.Pass("2 : 1");
        _second.Begin();

        Progress().FailRunningSteps("interrupted");

        Assert.Equal(StepStatus.Passed, _first.State.Status);
        Assert.Equal(new StepState(StepStatus.Failed, "interrupted"), _second.State);
    }

    private ScriptReport Report() => ScriptReport.Of(Progress());

    private ScriptProgress Progress() => new([_first, _second], new BackgroundTraffic(TimeProvider.System), new HeldConnections(TimeProvider.System));
}
