using System.Buffers;
using Zoneway.SniRouter.Engine;

namespace Zoneway.LoadTest.Load.Backend;

/// <summary>Sends back what comes. While something could not be sent it receives no more, and keeps that alone.</summary>
internal sealed unsafe class EchoStream(BackendContext context) : BackendStream
{
    private const int BytesPerReceive = 64 * 1024;

    private byte[]? _unsent;
    private int _unsentOffset;
    private int _unsentLength;

    /// <inheritdoc/>
    public override StreamState Serve(int descriptor, bool isEnding)
    {
        for (var moved = 0; moved < BytesPerTurn;)
        {
            if (_unsentLength > 0 && SendUnsent(descriptor) is { } state)
            {
                return state;
            }

            var length = LinuxSystemCalls.Receive(descriptor, context.Scratch, BytesPerReceive);
            if (length <= 0)
            {
                return length == -LinuxSystemCalls.EAGAIN ? StreamState.Waiting : StreamState.Ended;
            }

            var sent = LinuxSystemCalls.Send(descriptor, context.Scratch, length);
            if (sent is < 0 and not -LinuxSystemCalls.EAGAIN)
            {
                return StreamState.Ended;
            }

            Keep(Math.Max(sent, 0), length);
            moved += length;
            if (length < BytesPerReceive && _unsentLength == 0 && !isEnding)
            {
                // A short receive has emptied the socket; what comes later, the end too, brings an event of its own.
                return StreamState.Waiting;
            }
        }

        return StreamState.HasMore;
    }

    /// <inheritdoc/>
    public override void Release()
    {
        if (_unsent is not null)
        {
            ArrayPool<byte>.Shared.Return(_unsent);
            _unsent = null;
        }
    }

    // Null when all is sent.
    private StreamState? SendUnsent(int descriptor)
    {
        fixed (byte* unsent = _unsent)
        {
            var sent = LinuxSystemCalls.Send(descriptor, unsent + _unsentOffset, _unsentLength);
            if (sent < 0)
            {
                return sent == -LinuxSystemCalls.EAGAIN ? StreamState.Waiting : StreamState.Ended;
            }

            _unsentOffset += sent;
            _unsentLength -= sent;
            return _unsentLength > 0 ? StreamState.Waiting : null;
        }
    }

    private void Keep(int sent, int length)
    {
        if (sent < length)
        {
            _unsent ??= ArrayPool<byte>.Shared.Rent(BytesPerReceive);
            new ReadOnlySpan<byte>(context.Scratch + sent, length - sent).CopyTo(_unsent);
            (_unsentOffset, _unsentLength) = (0, length - sent);
        }
    }
}
