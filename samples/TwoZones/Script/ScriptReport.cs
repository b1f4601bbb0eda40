using System.Text.Encodings.Web;
using System.Text.Json;

namespace Zoneway.TwoZones.Script;

/// <summary>What <c>--json</c> prints.</summary>
/// <param name="Ok">Whether every step held.</param>
/// <param name="Requests">Requests of the background traffic.</param>
/// <param name="Failed">How many of them failed.</param>
/// <param name="Steps">The steps in order.</param>
internal sealed record ScriptReport(bool Ok, int Requests, int Failed, IReadOnlyList<StepReport> Steps)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        // It goes to a terminal or a JSON parser, never into HTML.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static ScriptReport Of(ScriptProgress progress) => new(
        progress.Steps.All(static step => step.State.Status == StepStatus.Passed),
        progress.Traffic.Requests,
        progress.Traffic.Failed,
        [.. progress.Steps.Select(static step => new StepReport(step.Name, step.State.Status == StepStatus.Passed, step.State.Detail))]);

    /// <summary>One line of JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Format);

    public static ScriptReport? FromJson(string json) => JsonSerializer.Deserialize<ScriptReport>(json, Format);
}

/// <summary>What <c>--json</c> prints of a step.</summary>
internal sealed record StepReport(string Name, bool Ok, string Detail);
