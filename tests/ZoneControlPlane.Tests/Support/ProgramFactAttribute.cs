namespace Zoneway.ZoneControlPlane.Tests.Support;

/// <summary>A fact that is skipped, with the reason, where a program of the system is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ProgramFactAttribute : FactAttribute
{
    /// <param name="program">Name or path of the program.</param>
    /// <param name="arguments">Arguments of a call that succeeds when all that the test needs is there; null when the program alone is enough.</param>
    public ProgramFactAttribute(string program, string? arguments = null)
    {
        Program = program;
        Arguments = arguments;
        Skip = ExternalProgram.Run(program, arguments ?? "version").ExitCode == 0 ? null : $"{program} {arguments} does not work here";
    }

    public string Program { get; }

    public string? Arguments { get; }
}
