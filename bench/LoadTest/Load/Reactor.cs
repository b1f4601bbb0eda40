using Zoneway.SniRouter.Engine;

namespace Zoneway.LoadTest.Load;

/// <summary>One who is told of the events of a descriptor.</summary>
internal interface IEventHandler
{
    /// <summary>The descriptor became ready.</summary>
    void OnReady(EpollMask mask);

    /// <summary>The turn came that was asked for by <see cref="Reactor.Enqueue"/>.</summary>
    void OnTurn();
}

/// <summary>An epoll instance and those who wait for its events, on one thread. What keeps client and back end cheap: no task, no lock, no allocation per event.</summary>
internal sealed unsafe class Reactor
{
    private const int EventsPerWait = 512;

    private readonly int _epoll = Check(LinuxSystemCalls.CreateEpoll());
    private readonly EpollEvents _events = EpollEvents.Allocate(EventsPerWait);
    private readonly EpollEvents _change = EpollEvents.Allocate(1);
    private readonly List<Slot> _slots = [];
    private readonly Stack<int> _free = new();
    private readonly Queue<ulong> _ready = new();

    /// <summary>Begins to watch a descriptor.</summary>
    /// <param name="descriptor">The descriptor; to close it ends the watch in the kernel.</param>
    /// <param name="handler">Who is told.</param>
    /// <param name="mask">The events asked for.</param>
    /// <returns>A tag for <see cref="Enqueue"/> and <see cref="Remove"/>.</returns>
    public ulong Add(int descriptor, IEventHandler handler, EpollMask mask)
    {
        if (!_free.TryPop(out var index))
        {
            index = _slots.Count;
            _slots.Add(default);
        }

        var slot = new Slot(handler, _slots[index].Generation + 1);
        _slots[index] = slot;
        var tag = ((ulong)slot.Generation << 32) | (uint)index;
        _change.Set(0, mask, tag);
        Check(LinuxSystemCalls.ControlEpoll(_epoll, EpollOperation.Add, descriptor, _change.Pointer));
        return tag;
    }

    /// <summary>Tells no more of a descriptor, which the caller closes.</summary>
    public void Remove(ulong tag)
    {
        var index = (int)(uint)tag;
        _slots[index] = _slots[index] with { Handler = null };
        _free.Push(index);
    }

    /// <summary>Gives a handler another turn after the others.</summary>
    public void Enqueue(ulong tag) => _ready.Enqueue(tag);

    /// <summary>Waits for events, tells of them, and gives the turns that were asked for.</summary>
    /// <param name="nanoseconds">Longest time to wait.</param>
    public void Turn(long nanoseconds)
    {
        var count = NativeCalls.Wait(_epoll, _events, _ready.Count > 0 ? 0 : Math.Max(nanoseconds, 0));
        for (var i = 0; i < count; i++)
        {
            Find(_events.Tag(i))?.OnReady(_events.Mask(i));
        }

        for (var turns = _ready.Count; turns > 0; turns--)
        {
            Find(_ready.Dequeue())?.OnTurn();
        }
    }

    private IEventHandler? Find(ulong tag)
    {
        var slot = _slots[(int)(uint)tag];
        return slot.Generation == (uint)(tag >> 32) ? slot.Handler : null;
    }

    private static int Check(int result) => result >= 0 ? result : throw new InvalidOperationException($"The system refused an epoll instance or a watch: error {-result}.");

    private readonly record struct Slot(IEventHandler? Handler, uint Generation);
}
