namespace Zoneway.ZoneControlPlane.Commands;

/// <summary>What the program's exit code says.</summary>
internal static class ExitCodes
{
    /// <summary>Done, or stopped in order.</summary>
    public const int Success = 0;

    /// <summary>Something failed that was not the caller's configuration.</summary>
    public const int Failure = 1;

    /// <summary>The command line or the files it names are wrong; every fault was listed.</summary>
    public const int BadConfiguration = 2;
}
