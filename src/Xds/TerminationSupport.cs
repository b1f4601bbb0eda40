namespace Zoneway.Xds;

/// <summary>Whether the program can serve filter chains that end TLS or HTTP. Where it cannot, it refuses their connections, and does not bind listeners that have no others.</summary>
/// <param name="IsAvailable">Whether it can.</param>
public sealed record TerminationSupport(bool IsAvailable);
