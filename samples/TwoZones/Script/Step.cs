using System.Diagnostics;

namespace Zoneway.TwoZones.Script;

/// <summary>A step of the script and what came of it. Written by the script; may be read from any thread.</summary>
internal sealed class Step(int number, string name)
{
    private readonly Stopwatch _elapsed = new();
    private volatile StepState _state = new(StepStatus.Waiting, "not played");

    /// <summary>Its place in the script, from 1.</summary>
    public int Number => number;

    /// <summary>What it shows.</summary>
    public string Name => name;

    /// <summary>Where it is, and what was seen.</summary>
    public StepState State => _state;

    /// <summary>How long it has taken so far.</summary>
    public TimeSpan Elapsed => _elapsed.Elapsed;

    /// <summary>Called after the state has changed.</summary>
    public Action<Step>? Changed { get; set; }

    public void Begin()
    {
        _elapsed.Start();
        Become(StepStatus.Running, "not finished");
    }

    public void Pass(string detail) => Become(StepStatus.Passed, detail);

    public void Fail(string detail) => Become(StepStatus.Failed, detail);

    private void Become(StepStatus status, string detail)
    {
        if (status != StepStatus.Running)
        {
            _elapsed.Stop();
        }

        _state = new StepState(status, detail);
        Changed?.Invoke(this);
    }
}

/// <summary>State of a step.</summary>
/// <param name="Status">Where it is.</param>
/// <param name="Detail">What was seen, or why it failed.</param>
internal sealed record StepState(StepStatus Status, string Detail);
