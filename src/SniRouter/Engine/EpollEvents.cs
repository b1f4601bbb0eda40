using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Zoneway.SniRouter.Engine;

/// <summary>
/// A buffer of <c>struct epoll_event</c> in the kernel's layout: 32 bits of event mask, then 64 bits of tag. On x64 the struct is packed (12 bytes, tag at 4);
/// elsewhere the tag is aligned (16 bytes, tag at 8).
/// </summary>
internal readonly unsafe struct EpollEvents
{
    private static readonly int TagOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;

    private readonly byte* _buffer;

    private EpollEvents(byte* buffer, int count)
    {
        _buffer = buffer;
        Count = count;
    }

    /// <summary>Bytes of one event.</summary>
    public static int Size => TagOffset + sizeof(ulong);

    /// <summary>Events that the buffer holds.</summary>
    public int Count { get; }

    /// <summary>The buffer, for the kernel.</summary>
    public byte* Pointer => _buffer;

    /// <summary>Takes memory for a number of events; it is never given back, as a loop lives as long as the process.</summary>
    public static EpollEvents Allocate(int count) => new((byte*)NativeMemory.AllocZeroed((nuint)(count * Size)), count);

    public EpollMask Mask(int index) => (EpollMask)Unsafe.ReadUnaligned<uint>(_buffer + (index * Size));

    public ulong Tag(int index) => Unsafe.ReadUnaligned<ulong>(_buffer + (index * Size) + TagOffset);

    public void Set(int index, EpollMask mask, ulong tag)
    {
        Unsafe.WriteUnaligned(_buffer + (index * Size), (uint)mask);
        Unsafe.WriteUnaligned(_buffer + (index * Size) + TagOffset, tag);
    }
}

/// <summary>What an event says, or what is asked for (epoll_ctl(2)).</summary>
[Flags]
internal enum EpollMask : uint
{
    None = 0,
    In = 1,
    Out = 4,
    Error = 8,
    HangUp = 0x10,
    PeerClosed = 0x2000,
    Exclusive = 1u << 28,
    EdgeTriggered = 1u << 31,
}

/// <summary>What epoll_ctl(2) does.</summary>
internal enum EpollOperation
{
    Add = 1,
    Remove = 2,
}
