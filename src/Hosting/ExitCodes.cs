namespace Zoneway.Hosting;

/// <summary>How a program ends.</summary>
internal static class ExitCodes
{
    /// <summary>In order, a drain included.</summary>
    public const int Success = 0;

    /// <summary>It could not start or go on; the log says why.</summary>
    public const int Failure = 1;

    /// <summary>Flags or variables are wrong; all problems are on standard error.</summary>
    public const int BadSettings = 2;
}
