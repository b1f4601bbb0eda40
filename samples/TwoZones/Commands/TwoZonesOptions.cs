namespace Zoneway.TwoZones.Commands;

/// <summary>What the command line asks for.</summary>
/// <param name="Json">One JSON object on standard output at the end, and nothing else there.</param>
/// <param name="Keep">Leaves the folder with resource files and certificates behind.</param>
/// <param name="Verbose">Shows every line that the programs write, on standard error.</param>
internal sealed record TwoZonesOptions(bool Json, bool Keep, bool Verbose);
