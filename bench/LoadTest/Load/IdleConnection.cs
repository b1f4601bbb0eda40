using Zoneway.SniRouter.Engine;

namespace Zoneway.LoadTest.Load;

/// <summary>Does nothing once it has its greeting, but for one round trip when told so.</summary>
internal sealed unsafe class IdleConnection(LoadContext context) : ClientConnection(context)
{
    private int _received;

    /// <inheritdoc/>
    protected override StreamKind Kind => StreamKind.Echo;

    /// <summary>Sends one message.</summary>
    public void UseOnce()
    {
        var bytes = Context.Request.MessageBytes;
        var sent = LinuxSystemCalls.Send(Descriptor, BytePattern.At(Seed), bytes);
        if (sent != bytes)
        {
            Fail($"send: {sent}");
        }
    }

    /// <inheritdoc/>
    protected override void OnOpened() => _received = 0;

    /// <inheritdoc/>
    protected override void OnOpenReady()
    {
        var length = LinuxSystemCalls.Receive(Descriptor, Context.Scratch, Context.Request.MessageBytes);
        if (length > 0)
        {
            Context.WrongBytes += BytePattern.Matches(Seed + _received, new ReadOnlySpan<byte>(Context.Scratch, length)) ? 0 : 1;
            _received += length;
            Context.Used += _received == Context.Request.MessageBytes ? 1 : 0;
        }
        else if (length != -LinuxSystemCalls.EAGAIN)
        {
            Fail($"receive: {length}");
        }
    }
}
