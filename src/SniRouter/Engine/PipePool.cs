using System.Runtime.Versioning;
using Zoneway.SniRouter.Proxying;

namespace Zoneway.SniRouter.Engine;

/// <summary>
/// The pipes of one loop through which directions splice. A pipe comes here only when it is empty. When the system gives no more pipes, or none that is
/// large, the direction goes on copying: fewer pipes cost speed, never a connection.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class PipePool
{
    /// <summary>Size asked for, in bytes; measured best among 256 KiB to 1 MiB (docs/performance.md).</summary>
    public const int PipeBytes = 512 * 1024;

    // Below this a pipe moves less per call than a copy through the scratch buffer.
    private const int LeastUsefulBytes = 128 * 1024;
    private const int MaxIdle = 64;
    private const long PauseMilliseconds = 1000;

    private static readonly int HighestDescriptor = FileDescriptorLimit.Value - (FileDescriptorLimit.Reserved / 2);

    private readonly Stack<SplicePipe> _idle = new();
    private long _exhaustedUntil;

    /// <summary>Times that no useful pipe was to be had.</summary>
    public long Exhausted { get; private set; }

    /// <summary>Takes an empty pipe; false when there is none to be had now.</summary>
    public bool TryRent(long now, out SplicePipe pipe)
    {
        if (_idle.TryPop(out pipe))
        {
            return true;
        }

        if (now < _exhaustedUntil || LinuxSystemCalls.CreatePipe(out var readEnd, out var writeEnd) < 0)
        {
            return Refuse(now, out pipe);
        }

        pipe = new SplicePipe(readEnd, writeEnd);
        // The lowest free numbers are given out first, so a high one tells how few are left.
        if (writeEnd < HighestDescriptor && LinuxSystemCalls.SetPipeSize(writeEnd, PipeBytes) >= LeastUsefulBytes)
        {
            return true;
        }

        // Descriptors run short, or the user's share of pipe memory is used up (fs.pipe-user-pages-soft).
        pipe.Close();
        return Refuse(now, out pipe);
    }

    /// <summary>Gives a pipe back. It must be empty.</summary>
    public void Return(SplicePipe pipe)
    {
        if (_idle.Count < MaxIdle)
        {
            _idle.Push(pipe);
        }
        else
        {
            pipe.Close();
        }
    }

    private bool Refuse(long now, out SplicePipe pipe)
    {
        // Asking the system again for every direction would cost more than it brings.
        if (now >= _exhaustedUntil)
        {
            Exhausted++;
            _exhaustedUntil = now + PauseMilliseconds;
        }

        pipe = default;
        return false;
    }
}

/// <summary>Both ends of a pipe.</summary>
[SupportedOSPlatform("linux")]
internal readonly record struct SplicePipe(int ReadEnd, int WriteEnd)
{
    public void Close()
    {
        LinuxSystemCalls.Close(ReadEnd);
        LinuxSystemCalls.Close(WriteEnd);
    }
}
