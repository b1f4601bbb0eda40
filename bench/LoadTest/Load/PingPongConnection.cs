using Zoneway.SniRouter.Engine;

namespace Zoneway.LoadTest.Load;

/// <summary>Sends a message, waits for its echo and checks it, and so on. The messages are consecutive pieces of the pattern.</summary>
internal sealed unsafe class PingPongConnection(LoadContext context) : ClientConnection(context)
{
    private readonly int _messageBytes = context.Request.MessageBytes;
    private long _sentAt;
    private long _sent;
    private long _received;

    /// <inheritdoc/>
    protected override StreamKind Kind => StreamKind.Echo;

    /// <inheritdoc/>
    protected override void OnOpened()
    {
        (_sent, _received) = (0, 0);
        Send(Clock.Now);
    }

    /// <inheritdoc/>
    protected override void OnOpenReady()
    {
        var length = LinuxSystemCalls.Receive(Descriptor, Context.Scratch, _messageBytes);
        if (length <= 0)
        {
            if (length != -LinuxSystemCalls.EAGAIN)
            {
                Fail($"receive: {length}");
            }

            return;
        }

        Context.WrongBytes += BytePattern.Matches(Seed + _received, new ReadOnlySpan<byte>(Context.Scratch, length)) ? 0 : 1;
        _received += length;
        if (_received == _sent)
        {
            var now = Clock.Now;
            Context.Complete(_sentAt, now);
            Send(now);
        }
    }

    private void Send(long now)
    {
        _sentAt = now;
        var sent = LinuxSystemCalls.Send(Descriptor, BytePattern.At(Seed + _sent), _messageBytes);
        _sent += _messageBytes;
        if (sent != _messageBytes)
        {
            Fail($"send: {sent}");
        }
    }
}
