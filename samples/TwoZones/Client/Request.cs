namespace Zoneway.TwoZones.Client;

/// <summary>How one request went.</summary>
/// <param name="Answer">The instance that answered; null when the request failed.</param>
/// <param name="Failure">What the client saw instead; null when it did not fail.</param>
/// <param name="StartedAt">Timestamp of its begin.</param>
internal sealed record Request(Instance? Answer, string? Failure, long StartedAt);
