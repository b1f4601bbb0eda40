using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Zoneway.SniRouter.Engine;

/// <summary>
/// The one buffer through which a loop copies, and spares for it. Nothing stays in it between two directions; a direction that cannot send all it has read takes the
/// buffer with it, and the loop goes on with a spare. So only blocked directions hold memory.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class ScratchBuffers
{
    /// <summary>Bytes of a buffer.</summary>
    public const int BufferBytes = 64 * 1024;

    private const int MaxIdle = 64;
    private const int PageBytes = 4096;

    private readonly Stack<nint> _idle = new();

    /// <summary>The buffer to read into now.</summary>
    public byte* Current { get; private set; } = Allocate();

    /// <summary>Takes the current buffer away; a spare takes its place.</summary>
    public byte* Take()
    {
        var taken = Current;
        Current = _idle.TryPop(out var spare) ? (byte*)spare : Allocate();
        return taken;
    }

    /// <summary>Gives a buffer back.</summary>
    public void Return(byte* buffer)
    {
        if (_idle.Count < MaxIdle)
        {
            _idle.Push((nint)buffer);
        }
        else
        {
            NativeMemory.AlignedFree(buffer);
        }
    }

    private static byte* Allocate() => (byte*)NativeMemory.AlignedAlloc(BufferBytes, PageBytes);
}
