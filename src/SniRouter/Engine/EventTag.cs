namespace Zoneway.SniRouter.Engine;

/// <summary>
/// What an epoll event belongs to, in the 64 bits that the kernel hands back: two bits of kind, then for a connection 30 bits of generation, 31 bits of
/// slot and one bit of side. The generation tells an event of a connection that has ended since from one of its successor in the slot.
/// </summary>
internal readonly record struct EventTag(ulong Value)
{
    private const int KindShift = 62;
    private const uint GenerationMask = (1u << 30) - 1;

    /// <summary>The loop's own wake-up.</summary>
    public static EventTag Wake => new((ulong)EventKind.Wake << KindShift);

    public EventKind Kind => (EventKind)(Value >> KindShift);

    public uint Generation => (uint)(Value >> 32) & GenerationMask;

    public int Slot => (int)((uint)Value >> 1);

    public bool IsUpstream => (Value & 1) != 0;

    public static EventTag Listener(int id) => new(((ulong)EventKind.Listener << KindShift) | ((ulong)(uint)id << 1));

    public static EventTag Connection(int slot, uint generation, bool upstream) =>
        new(((ulong)(generation & GenerationMask) << 32) | ((ulong)(uint)slot << 1) | (upstream ? 1UL : 0));

    public bool IsOf(uint generation) => Generation == (generation & GenerationMask);
}

/// <summary>What an event belongs to.</summary>
internal enum EventKind
{
    Connection,
    Listener,
    Wake,
}
