using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Zoneway.TwoZones.Processes;

/// <summary>What <see cref="Process"/> lacks.</summary>
internal static partial class SystemCalls
{
    private const int Sigterm = 15;

    /// <summary>Asks a process to end (SIGTERM); one that has ended is left alone.</summary>
    public static void Terminate(Process process)
    {
        if (!process.HasExited)
        {
            // An error means that it has just ended.
            _ = Kill(process.Id, Sigterm);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);
}
