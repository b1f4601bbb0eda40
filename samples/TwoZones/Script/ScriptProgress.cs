using Zoneway.TwoZones.Client;

namespace Zoneway.TwoZones.Script;

/// <summary>Everything a display shows. The script writes it; displays read it at any time.</summary>
internal sealed class ScriptProgress(IReadOnlyList<Step> steps, BackgroundTraffic traffic, HeldConnections held)
{
    private volatile string _stage = "";

    /// <summary>The steps in order.</summary>
    public IReadOnlyList<Step> Steps => steps;

    /// <summary>The requests that go on all the time.</summary>
    public BackgroundTraffic Traffic => traffic;

    /// <summary>The connections that are open all the time.</summary>
    public HeldConnections Held => held;

    /// <summary>What happens outside of the steps.</summary>
    public string Stage => _stage;

    /// <summary>Called after <see cref="Stage"/> has changed.</summary>
    public Action<string>? StageChanged { get; set; }

    public void Enter(string stage)
    {
        _stage = stage;
        StageChanged?.Invoke(stage);
    }

    /// <summary>Decides the steps that have begun and will not end.</summary>
    public void FailRunningSteps(string detail)
    {
        foreach (var step in steps.Where(static step => step.State.Status == StepStatus.Running))
        {
            step.Fail(detail);
        }
    }
}
