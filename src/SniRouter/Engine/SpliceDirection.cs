using System.Runtime.Versioning;

namespace Zoneway.SniRouter.Engine;

/// <summary>
/// One direction of a connection: bytes from a source descriptor to a target descriptor, without blocking and without holding memory while nothing is stuck.
/// Small traffic is copied through the loop's scratch buffer; a direction that keeps moving much goes through a pipe
/// with splice(2), which touches no byte in user space, and returns to copying when it has become small again.
/// </summary>
/// <remarks>
/// Epoll is edge triggered, so what an event said is remembered: <see cref="Readable"/> and <see cref="Writable"/> stay true until a call says otherwise.
/// </remarks>
[SupportedOSPlatform("linux")]
internal sealed unsafe class SpliceDirection
{
    /// <summary>A read of at least so many bytes counts as bulk.</summary>
    private const int BulkBytes = 8 * 1024;

    /// <summary>Bulk bytes after which a direction splices. A small read takes <see cref="BulkBytes"/> off.</summary>
    private const int SpliceAfterBytes = 128 * 1024;

    /// <summary>Small splices in a row after which it copies again.</summary>
    private const int CopyAfterSmallSplices = 32;

    /// <summary>Most bytes moved before other connections of the loop have a turn.</summary>
    private const int TurnBytes = 1024 * 1024;

    private int _source;
    private int _target;
    private byte* _pending;
    private int _pendingOffset;
    private int _pendingLength;
    private SplicePipe _pipe;
    private bool _hasPipe;
    private int _inPipe;
    private int _bulkCredit;
    private int _smallSplices;
    private bool _sourceEnded;

    /// <summary>Bytes taken from the source.</summary>
    public long Bytes { get; private set; }

    /// <summary>Whether the source may have bytes.</summary>
    public bool Readable { get; set; }

    /// <summary>Whether the target may take bytes.</summary>
    public bool Writable { get; set; }

    /// <summary>Whether the source's peer has closed: a short read is then not the end of what can be read.</summary>
    public bool SourceClosing { get; set; }

    /// <summary>Whether everything up to the source's end was passed on, or nothing more will be.</summary>
    public bool IsFinished { get; private set; }

    /// <summary>Whether bytes wait for the target.</summary>
    public bool IsBlocked => _pendingLength > 0 || _inPipe > 0;

    private bool IsSplicing { get; set; }

    /// <summary>Begins anew with two descriptors, which the caller owns.</summary>
    public void Start(int source, int target)
    {
        _source = source;
        _target = target;
        _sourceEnded = IsFinished = IsSplicing = false;
        _bulkCredit = _smallSplices = 0;
        Bytes = 0;
        Writable = true;
    }

    /// <summary>Moves bytes until source or target has had enough, the turn is over, or the stream ended.</summary>
    /// <returns>How far it came; bytes that were read are never lost, unless the target has closed.</returns>
    public PumpResult Pump(EventLoop loop)
    {
        var budget = TurnBytes;
        while (true)
        {
            var result = IsFinished ? PumpResult.Finished
                : IsBlocked ? SendBlocked(loop)
                : _sourceEnded ? Finish(loop)
                : !Readable ? Rest(loop)
                : budget <= 0 ? PumpResult.TurnOver
                : IsSplicing ? Splice(loop, ref budget)
                : Copy(loop, ref budget);
            if (result != PumpResult.Continue)
            {
                return result;
            }
        }
    }

    /// <summary>Reads no more from the source: the target does not want it.</summary>
    public void Abandon(EventLoop loop)
    {
        Release(loop);
        IsFinished = true;
    }

    /// <summary>Sends bytes that were read before the direction was started, ahead of all others.</summary>
    /// <returns>False when the target has closed.</returns>
    public bool SendFirst(EventLoop loop, ReadOnlySpan<byte> bytes)
    {
        Bytes += bytes.Length;
        int sent;
        fixed (byte* first = bytes)
        {
            sent = LinuxSystemCalls.Send(_target, first, bytes.Length);
        }

        if (sent < 0 && sent != -LinuxSystemCalls.EAGAIN && sent != -LinuxSystemCalls.EINTR)
        {
            return false;
        }

        sent = Math.Max(sent, 0);
        if (sent < bytes.Length)
        {
            bytes[sent..].CopyTo(new Span<byte>(loop.Scratch.Current, ScratchBuffers.BufferBytes));
            KeepPending(loop, 0, bytes.Length - sent);
        }

        return true;
    }

    /// <summary>Gives back every buffer and pipe. A pipe with bytes in it is closed.</summary>
    public void Release(EventLoop loop)
    {
        if (_pending is not null)
        {
            loop.Scratch.Return(_pending);
            _pending = null;
            _pendingLength = 0;
        }

        if (_hasPipe)
        {
            if (_inPipe > 0)
            {
                _pipe.Close();
                _hasPipe = false;
                _inPipe = 0;
            }
            else
            {
                ReturnPipe(loop);
            }
        }
    }

    private PumpResult Copy(EventLoop loop, ref int budget)
    {
        var scratch = loop.Scratch.Current;
        var received = LinuxSystemCalls.Receive(_source, scratch, ScratchBuffers.BufferBytes);
        if (received <= 0)
        {
            return NothingReceived(received);
        }

        Bytes += received;
        budget -= received;
        // A short read has emptied the socket, and new bytes bring a new event; unless the peer has closed, which brings none.
        Readable = received == ScratchBuffers.BufferBytes || SourceClosing;
        Weigh(received);
        var sent = LinuxSystemCalls.Send(_target, scratch, received);
        if (sent == received)
        {
            return PumpResult.Continue;
        }

        if (sent < 0 && sent != -LinuxSystemCalls.EAGAIN && sent != -LinuxSystemCalls.EINTR)
        {
            return PumpResult.TargetClosed;
        }

        sent = Math.Max(sent, 0);
        KeepPending(loop, sent, received - sent);
        return PumpResult.Waiting;
    }

    private PumpResult Splice(EventLoop loop, ref int budget)
    {
        if (!_hasPipe && !TryTakePipe(loop))
        {
            return PumpResult.Continue;
        }

        var moved = LinuxSystemCalls.Splice(_source, _pipe.WriteEnd, PipePool.PipeBytes);
        if (moved == -LinuxSystemCalls.EINVAL)
        {
            // These two descriptors cannot be spliced: copy for good.
            StopSplicing(loop, int.MinValue / 2);
            return PumpResult.Continue;
        }

        if (moved <= 0)
        {
            return NothingReceived(moved);
        }

        Bytes += moved;
        budget -= moved;
        _inPipe += moved;
        _smallSplices = moved < BulkBytes ? _smallSplices + 1 : 0;
        return PumpResult.Continue;
    }

    private PumpResult SendBlocked(EventLoop loop)
    {
        if (!Writable)
        {
            return PumpResult.Waiting;
        }

        var sent = _pendingLength > 0
            ? LinuxSystemCalls.Send(_target, _pending + _pendingOffset, _pendingLength)
            : LinuxSystemCalls.Splice(_pipe.ReadEnd, _target, _inPipe);
        if (sent <= 0)
        {
            if (sent is 0 or -LinuxSystemCalls.EAGAIN)
            {
                Writable = false;
                return PumpResult.Waiting;
            }

            return sent == -LinuxSystemCalls.EINTR ? PumpResult.Continue : PumpResult.TargetClosed;
        }

        if (_pendingLength > 0)
        {
            Sent(loop, sent);
        }
        else
        {
            _inPipe -= sent;
            if (_inPipe == 0 && _smallSplices >= CopyAfterSmallSplices)
            {
                StopSplicing(loop, 0);
            }
        }

        return PumpResult.Continue;
    }

    private void Sent(EventLoop loop, int sent)
    {
        _pendingOffset += sent;
        _pendingLength -= sent;
        if (_pendingLength == 0)
        {
            loop.Scratch.Return(_pending);
            _pending = null;
        }
    }

    private PumpResult NothingReceived(int result)
    {
        switch (result)
        {
            case 0:
                _sourceEnded = true;
                return PumpResult.Continue;
            case -LinuxSystemCalls.EAGAIN:
                Readable = false;
                return PumpResult.Continue;
            case -LinuxSystemCalls.EINTR:
                return PumpResult.Continue;
            default:
                return PumpResult.SourceReset;
        }
    }

    private PumpResult Finish(EventLoop loop)
    {
        Release(loop);
        IsFinished = true;
        return PumpResult.Finished;
    }

    /// <summary>Nothing to read: an idle direction holds no pipe.</summary>
    private PumpResult Rest(EventLoop loop)
    {
        if (_hasPipe)
        {
            ReturnPipe(loop);
        }

        return PumpResult.Waiting;
    }

    private void Weigh(int received)
    {
        if (received >= BulkBytes)
        {
            _bulkCredit += received;
            IsSplicing = _bulkCredit >= SpliceAfterBytes;
        }
        else if (_bulkCredit > 0)
        {
            _bulkCredit = Math.Max(0, _bulkCredit - BulkBytes);
        }
    }

    private bool TryTakePipe(EventLoop loop)
    {
        _smallSplices = 0;
        _hasPipe = loop.Pipes.TryRent(loop.Now, out _pipe);
        if (!_hasPipe)
        {
            StopSplicing(loop, 0);
        }

        return _hasPipe;
    }

    private void StopSplicing(EventLoop loop, int credit)
    {
        IsSplicing = false;
        _bulkCredit = credit;
        if (_hasPipe)
        {
            ReturnPipe(loop);
        }
    }

    private void ReturnPipe(EventLoop loop)
    {
        loop.Pipes.Return(_pipe);
        _hasPipe = false;
    }

    private void KeepPending(EventLoop loop, int offset, int length)
    {
        _pending = loop.Scratch.Take();
        _pendingOffset = offset;
        _pendingLength = length;
        Writable = false;
    }
}

/// <summary>How far a direction came.</summary>
internal enum PumpResult
{
    /// <summary>Only inside the direction: the next step can follow at once.</summary>
    Continue,

    /// <summary>Source or target must become ready first.</summary>
    Waiting,

    /// <summary>There is more to do, but others have a turn first.</summary>
    TurnOver,

    /// <summary>Everything up to the end of the source was taken by the target.</summary>
    Finished,

    /// <summary>The source was reset.</summary>
    SourceReset,

    /// <summary>The target takes no more: it was reset or closed.</summary>
    TargetClosed,
}
