using System.Numerics;
using System.Runtime.Versioning;

namespace Zoneway.SniRouter.Engine;

/// <summary>
/// Deadlines of one loop's connections, coarse and cheap: each connection has at most one, in a ring of 512 slots of 100 ms. Setting and clearing touches two
/// neighbours; nothing is allocated. A deadline further away than the ring is long is looked at once per turn of the ring.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class TimerWheel
{
    /// <summary>Length of a slot in milliseconds: a deadline fires at most this much late.</summary>
    public const int SlotMilliseconds = 100;

    private const int Slots = 512;

    private readonly PassthroughConnection?[] _heads = new PassthroughConnection?[Slots];
    private readonly ulong[] _occupied = new ulong[Slots / 64];
    private long _tick;

    /// <param name="now">The loop's clock in milliseconds.</param>
    public TimerWheel(long now) => _tick = now / SlotMilliseconds;

    /// <summary>Sets or moves a connection's deadline, in milliseconds of the loop's clock.</summary>
    public void Set(PassthroughConnection connection, long deadline)
    {
        Clear(connection);
        connection.Timer.Deadline = deadline;
        // At least the next slot, so that a deadline set while its slot is being looked at is not lost.
        var tick = Math.Max(_tick + 1, (deadline + SlotMilliseconds - 1) / SlotMilliseconds);
        var slot = (int)(Math.Min(tick, _tick + Slots - 1) % Slots);
        connection.Timer.Slot = slot;
        connection.Timer.Next = _heads[slot];
        if (_heads[slot] is { } next)
        {
            next.Timer.Previous = connection;
        }

        _heads[slot] = connection;
        _occupied[slot / 64] |= 1UL << (slot % 64);
    }

    /// <summary>Takes a connection's deadline back, if it has one.</summary>
    public void Clear(PassthroughConnection connection)
    {
        ref var timer = ref connection.Timer;
        if (timer.Slot < 0)
        {
            return;
        }

        if (timer.Previous is { } previous)
        {
            previous.Timer.Next = timer.Next;
        }
        else
        {
            _heads[timer.Slot] = timer.Next;
            if (timer.Next is null)
            {
                _occupied[timer.Slot / 64] &= ~(1UL << (timer.Slot % 64));
            }
        }

        if (timer.Next is { } next)
        {
            next.Timer.Previous = timer.Previous;
        }

        timer = TimerEntry.None;
    }

    /// <summary>When the wheel wants to be advanced next, in milliseconds of the loop's clock; <see cref="long.MaxValue"/> when no deadline is set.</summary>
    public long NextTurn()
    {
        var distance = DistanceToOccupied();
        return distance < 0 ? long.MaxValue : (_tick + distance) * SlotMilliseconds;
    }

    /// <summary>Moves the wheel to the present and hands out every connection whose deadline has passed.</summary>
    public void Advance(long now, Action<PassthroughConnection> expired)
    {
        var target = now / SlotMilliseconds;
        // Longer than a turn of the ring is the same as one turn: every slot is looked at once.
        if (target - _tick > Slots)
        {
            _tick = target - Slots;
        }

        while (_tick < target)
        {
            _tick++;
            var slot = (int)(_tick % Slots);
            for (var connection = _heads[slot]; connection is not null;)
            {
                var next = connection.Timer.Next;
                var deadline = connection.Timer.Deadline;
                Clear(connection);
                if (deadline <= now)
                {
                    expired(connection);
                }
                else
                {
                    Set(connection, deadline);
                }

                connection = next;
            }
        }
    }

    private int DistanceToOccupied()
    {
        var first = (int)((_tick + 1) % Slots);
        for (var i = 0; i <= _occupied.Length; i++)
        {
            var word = ((first / 64) + i) % _occupied.Length;
            var bits = _occupied[word];
            if (i == 0)
            {
                bits &= ulong.MaxValue << (first % 64);
            }
            else if (i == _occupied.Length)
            {
                bits &= ~(ulong.MaxValue << (first % 64));
            }

            if (bits != 0)
            {
                var slot = (word * 64) + BitOperations.TrailingZeroCount(bits);
                return ((slot - first + Slots) % Slots) + 1;
            }
        }

        return -1;
    }
}

/// <summary>A connection's place in the <see cref="TimerWheel"/>. Only the wheel writes it.</summary>
[SupportedOSPlatform("linux")]
internal record struct TimerEntry(int Slot, long Deadline, PassthroughConnection? Previous, PassthroughConnection? Next)
{
    /// <summary>Not in the wheel.</summary>
    public static TimerEntry None => new(-1, 0, null, null);
}
