using System.Runtime.InteropServices;
using Zoneway.SniRouter.Engine;

namespace Zoneway.LoadTest.Load;

/// <summary>The system calls that load and measuring need beyond those of the engine.</summary>
internal static unsafe partial class NativeCalls
{
    private const int Interrupted = 4;
    private const int MessageTruncate = 0x20;
    private const int SetTimerSlack = 29;
    private const int SignalTerminate = 15;

    /// <summary>recv(2) with MSG_TRUNC: takes bytes off a TCP socket without copying them (tcp(7)). Returns their number, 0 at the end, or the negated errno.</summary>
    public static int Discard(int descriptor, byte* buffer, int length)
    {
        var result = recv(descriptor, buffer, length, MessageTruncate);
        return result >= 0 ? (int)result : -Marshal.GetLastPInvokeError();
    }

    /// <summary>epoll_pwait2(2) (glibc 2.35): epoll_wait with a limit in nanoseconds. Returns the number of events, 0 also when a signal came.</summary>
    public static int Wait(int epoll, EpollEvents events, long nanoseconds)
    {
        var limit = new TimeSpecification(nanoseconds);
        var count = epoll_pwait2(epoll, events.Pointer, events.Count, &limit, null);
        if (count >= 0)
        {
            return count;
        }

        var error = Marshal.GetLastPInvokeError();
        return error == Interrupted ? 0 : throw new InvalidOperationException($"epoll_pwait2: error {error}.");
    }

    /// <summary>Nanoseconds of processor time that all threads of a process have used, those that have ended too; 0 when there is no such process.</summary>
    /// <remarks>The clock of another process has the number that clock_getcpuclockid(3) would compute: the complement of its ID, shifted, with CPUCLOCK_SCHED.</remarks>
    public static long ProcessorNanoseconds(int process)
    {
        var time = default(TimeSpecification);
        return clock_gettime((int)(~(uint)process << 3) | 2, &time) == 0 ? time.TotalNanoseconds : 0;
    }

    /// <summary>Lets waits of this thread end when they should instead of up to 50 µs later (prctl(2), PR_SET_TIMERSLACK).</summary>
    public static void UsePreciseTimers() => _ = prctl(SetTimerSlack, 1);

    /// <summary>Asks a process to end (SIGTERM).</summary>
    public static void Terminate(int process) => _ = kill(process, SignalTerminate);

#pragma warning disable SA1300, IDE1006 // The names are the C library's.
    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recv(int descriptor, void* buffer, nint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_pwait2(int epoll, byte* events, int count, TimeSpecification* limit, void* signals);

    [LibraryImport("libc")]
    private static partial int clock_gettime(int clock, TimeSpecification* time);

    [LibraryImport("libc")]
    private static partial int prctl(int option, nuint value);

    [LibraryImport("libc")]
    private static partial int kill(int process, int signal);
#pragma warning restore SA1300, IDE1006

    /// <summary><c>struct timespec</c> of 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct TimeSpecification(long nanoseconds)
    {
        private readonly long _seconds = nanoseconds / 1_000_000_000;
        private readonly long _nanoseconds = nanoseconds % 1_000_000_000;

        public long TotalNanoseconds => (_seconds * 1_000_000_000) + _nanoseconds;
    }
}
