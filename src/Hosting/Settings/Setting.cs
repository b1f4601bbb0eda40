namespace Zoneway.Hosting.Settings;

/// <summary>One setting: the flag and the environment variable that give it. The flag wins.</summary>
/// <param name="Flag">Such as <c>--drain-time</c>; null for a setting that only a variable gives.</param>
/// <param name="Variable">Such as <c>KUMA_DATAPLANE_DRAIN_TIME</c>.</param>
/// <param name="Help">What it does, with its default; shown by <c>--help</c>.</param>
internal sealed record Setting(string? Flag, string Variable, string Help)
{
    /// <summary>A second spelling of the flag.</summary>
    public string? Alias { get; init; }

    /// <summary>True for a flag that takes no value.</summary>
    public bool IsSwitch { get; init; }

    /// <summary>True for a flag that may come several times; its values are joined with line breaks.</summary>
    public bool IsRepeatable { get; init; }
}
