using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Zoneway.SniRouter.Engine;

/// <summary>
/// The system calls of the engine, and the only place of the product that leaves managed code. Each wrapper returns what the call returns, or the
/// negated errno (<c>-EAGAIN</c> for a descriptor that is not ready), and says which buffer it reads or writes; none keeps a pointer after it returns.
/// </summary>
[SupportedOSPlatform("linux")]
internal static unsafe partial class LinuxSystemCalls
{
    public const int EINTR = 4;
    public const int EAGAIN = 11;
    public const int ENOMEM = 12;
    public const int EINVAL = 22;
    public const int ENFILE = 23;
    public const int EMFILE = 24;
    public const int ENOBUFS = 105;
    public const int EINPROGRESS = 115;

    private const int SocketNonBlocking = 0x800;
    private const int SocketCloseOnExec = 0x80000;
    private const int SocketStream = 1;
    private const int LevelSocket = 1;
    private const int LevelTcp = 6;
    private const int OptionError = 4;
    private const int OptionLinger = 13;
    private const int TcpNoDelay = 1;
    private const int MessageNoSignal = 0x4000;
    private const int MessagePeek = 2;
    private const int ShutdownWrite = 1;
    private const int FcntlSetPipeSize = 1031;
    private const uint SpliceMoveNonBlocking = 3;
    private const int FamilyUnix = 1;

    /// <summary>epoll_create1(2), closed on exec. Returns a descriptor.</summary>
    public static int CreateEpoll() => Check(epoll_create1(SocketCloseOnExec));

    /// <summary>epoll_ctl(2). <paramref name="epollEvent"/> holds one event in the kernel's layout, see <see cref="EpollEvents"/>.</summary>
    public static int ControlEpoll(int epoll, EpollOperation operation, int descriptor, byte* epollEvent) => Check(epoll_ctl(epoll, (int)operation, descriptor, epollEvent));

    /// <summary>epoll_wait(2). Writes at most <paramref name="count"/> events; waits at most <paramref name="milliseconds"/>, without limit if negative.</summary>
    public static int WaitEpoll(int epoll, byte* events, int count, int milliseconds) => Check(epoll_wait(epoll, events, count, milliseconds));

    /// <summary>eventfd(2), non-blocking, closed on exec. Returns a descriptor.</summary>
    public static int CreateEvent() => Check(eventfd(0, SocketNonBlocking | SocketCloseOnExec));

    /// <summary>Adds one to an eventfd: wakes whoever waits for it.</summary>
    public static void SignalEvent(int descriptor)
    {
        ulong one = 1;
        write(descriptor, &one, sizeof(ulong));
    }

    /// <summary>Sets an eventfd back to zero.</summary>
    public static void ResetEvent(int descriptor)
    {
        ulong value;
        read(descriptor, &value, sizeof(ulong));
    }

    /// <summary>accept4(2): the next connection, non-blocking, closed on exec. Returns a descriptor.</summary>
    public static int Accept(int listener) => Check(accept4(listener, null, null, SocketNonBlocking | SocketCloseOnExec));

    /// <summary>socket(2) of the address's family, non-blocking, closed on exec, Nagle's algorithm off; then connect(2).</summary>
    /// <param name="address">A sockaddr in the kernel's layout.</param>
    /// <param name="descriptor">The new descriptor, which the caller closes; -1 when there is none.</param>
    /// <returns>0 when connected, <c>-EINPROGRESS</c> when under way, else why not.</returns>
    public static int Connect(ReadOnlySpan<byte> address, out int descriptor)
    {
        var family = BitConverter.ToUInt16(address);
        descriptor = socket(family, SocketStream | SocketNonBlocking | SocketCloseOnExec, 0);
        if (descriptor < 0)
        {
            return -Marshal.GetLastPInvokeError();
        }

        if (family != FamilyUnix)
        {
            SetOption(descriptor, LevelTcp, TcpNoDelay, 1);
        }

        fixed (byte* pointer = address)
        {
            return Check(connect(descriptor, pointer, address.Length));
        }
    }

    /// <summary>The pending error of a socket (SO_ERROR), 0 when there is none. Reading it clears it.</summary>
    public static int TakeError(int descriptor)
    {
        var error = 0;
        var length = sizeof(int);
        return getsockopt(descriptor, LevelSocket, OptionError, &error, &length) == 0 ? error : Marshal.GetLastPInvokeError();
    }

    /// <summary>getpeername(2) into <paramref name="address"/>. Returns the length of the address.</summary>
    public static int PeerAddress(int descriptor, byte* address, int length)
    {
        var result = Check(getpeername(descriptor, address, &length));
        return result < 0 ? result : length;
    }

    /// <summary>Whether a socket whose connect was under way is connected: whether it has a peer.</summary>
    public static bool IsConnected(int descriptor)
    {
        var address = stackalloc byte[2];
        return PeerAddress(descriptor, address, 2) >= 0;
    }

    /// <summary>getsockname(2) into <paramref name="address"/>. Returns the length of the address.</summary>
    public static int LocalAddress(int descriptor, byte* address, int length)
    {
        var result = Check(getsockname(descriptor, address, &length));
        return result < 0 ? result : length;
    }

    /// <summary>recv(2) into <paramref name="buffer"/>. Returns the bytes received, 0 at the end of the stream.</summary>
    public static int Receive(int descriptor, byte* buffer, int length) => Check(recv(descriptor, buffer, length, 0));

    /// <summary>recv(2) that leaves the bytes where they are.</summary>
    public static int Peek(int descriptor, byte* buffer, int length) => Check(recv(descriptor, buffer, length, MessagePeek));

    /// <summary>send(2) from <paramref name="buffer"/>, without SIGPIPE. Returns the bytes taken, which may be fewer.</summary>
    public static int Send(int descriptor, byte* buffer, int length) => Check(send(descriptor, buffer, length, MessageNoSignal));

    /// <summary>splice(2): moves up to <paramref name="length"/> bytes from one descriptor to another, one of them a pipe. 0 at the end of the stream.</summary>
    public static int Splice(int source, int target, int length) => Check(splice(source, null, target, null, length, SpliceMoveNonBlocking));

    /// <summary>pipe2(2), non-blocking, closed on exec.</summary>
    public static int CreatePipe(out int readEnd, out int writeEnd)
    {
        var ends = stackalloc int[2];
        var result = Check(pipe2(ends, SocketNonBlocking | SocketCloseOnExec));
        (readEnd, writeEnd) = (ends[0], ends[1]);
        return result;
    }

    /// <summary>Asks for a pipe of a size in bytes (F_SETPIPE_SZ). Returns the size granted.</summary>
    public static int SetPipeSize(int pipe, int bytes) => Check(fcntl(pipe, FcntlSetPipeSize, bytes));

    /// <summary>shutdown(2) of the sending direction: the peer sees the end of the stream.</summary>
    public static void FinishSending(int descriptor) => shutdown(descriptor, ShutdownWrite);

    /// <summary>Makes the next close send a reset (SO_LINGER with time 0).</summary>
    public static void ResetOnClose(int descriptor)
    {
        // struct linger { int onoff; int seconds; }
        var linger = stackalloc int[2];
        linger[0] = 1;
        linger[1] = 0;
        setsockopt(descriptor, LevelSocket, OptionLinger, linger, 2 * sizeof(int));
    }

    /// <summary>close(2).</summary>
    public static void Close(int descriptor) => close(descriptor);

    private static void SetOption(int descriptor, int level, int option, int value) => setsockopt(descriptor, level, option, &value, sizeof(int));

    private static int Check(nint result) => result >= 0 ? (int)result : -Marshal.GetLastPInvokeError();

#pragma warning disable SA1300, IDE1006 // The names are the C library's.
    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(int epoll, int operation, int descriptor, byte* epollEvent);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_wait(int epoll, byte* events, int count, int milliseconds);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int eventfd(uint value, int flags);

    [LibraryImport("libc")]
    private static partial nint write(int descriptor, void* buffer, nint length);

    [LibraryImport("libc")]
    private static partial nint read(int descriptor, void* buffer, nint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int accept4(int descriptor, void* address, void* length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int family, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int connect(int descriptor, void* address, int length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getpeername(int descriptor, void* address, int* length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getsockname(int descriptor, void* address, int* length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getsockopt(int descriptor, int level, int option, void* value, int* length);

    [LibraryImport("libc")]
    private static partial int setsockopt(int descriptor, int level, int option, void* value, int length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recv(int descriptor, void* buffer, nint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint send(int descriptor, void* buffer, nint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint splice(int source, long* sourceOffset, int target, long* targetOffset, nint length, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int pipe2(int* ends, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(int descriptor, int command, nint argument);

    [LibraryImport("libc")]
    private static partial int shutdown(int descriptor, int how);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);
#pragma warning restore SA1300, IDE1006
}
