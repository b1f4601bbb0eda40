namespace Zoneway.TwoZones.Script;

/// <summary>Where a step is.</summary>
internal enum StepStatus
{
    /// <summary>Not begun.</summary>
    Waiting,

    /// <summary>Begun and not decided.</summary>
    Running,

    /// <summary>Everything it checks held.</summary>
    Passed,

    /// <summary>Something did not hold, or the step was never played.</summary>
    Failed,
}
