namespace Zoneway.TwoZones.Processes;

/// <summary>A program that was started did not do what it must.</summary>
internal sealed class ChildFailedException(ChildProcess child, string what)
    : CheckFailedException($"{child.Name} {(child.HasExited ? $"ended with code {child.ExitCode}" : what)}")
{
    private static readonly string[] PortTakenMessages = ["address already in use", "EADDRINUSE"];

    /// <summary>Whether it complained that another program has its port, which was free when it was chosen.</summary>
    public bool IsPortTaken { get; } = ReportsPortTaken(child);

    /// <summary>Whether a program has complained so up to now.</summary>
    public static bool ReportsPortTaken(ChildProcess child) => child.LastLines().Any(IsPortTakenMessage);

    private static bool IsPortTakenMessage(string line) =>
        Array.Exists(PortTakenMessages, message => line.Contains(message, StringComparison.OrdinalIgnoreCase));
}
