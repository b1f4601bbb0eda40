using Zoneway.SniRouter.Engine;

namespace Zoneway.LoadTest.Load;

/// <summary>Sends messages when they are due and takes the time of each from then to its echo, so that a stall counts for every message it delayed.</summary>
internal sealed unsafe class OpenLoopConnection(LoadContext context) : ClientConnection(context)
{
    private const int MostOutstanding = 4096;

    private readonly int _messageBytes = context.Request.MessageBytes;
    private readonly long[] _dueAt = new long[MostOutstanding];
    private long _due;
    private long _answered;
    private long _sentBytes;
    private long _receivedBytes;

    /// <inheritdoc/>
    protected override StreamKind Kind => StreamKind.Echo;

    /// <summary>A message is due.</summary>
    public void Release(long dueAt)
    {
        if (!IsOpen || _due - _answered == MostOutstanding)
        {
            Fail("more messages outstanding than are kept");
            return;
        }

        _dueAt[_due++ % MostOutstanding] = dueAt;
        Flush();
    }

    /// <inheritdoc/>
    protected override void OnOpened() => (_due, _answered, _sentBytes, _receivedBytes) = (0, 0, 0, 0);

    /// <inheritdoc/>
    protected override void OnOpenReady()
    {
        const int Most = 16 * 1024;
        int length;
        do
        {
            length = LinuxSystemCalls.Receive(Descriptor, Context.Scratch, Most);
            if (length <= 0)
            {
                if (length != -LinuxSystemCalls.EAGAIN)
                {
                    Fail($"receive: {length}");
                    return;
                }

                break;
            }

            TakeIn(new ReadOnlySpan<byte>(Context.Scratch, length));
        }
        while (length == Most);
        Flush();
    }

    private void TakeIn(ReadOnlySpan<byte> bytes)
    {
        Context.WrongBytes += BytePattern.Matches(Seed + _receivedBytes, bytes) ? 0 : 1;
        _receivedBytes += bytes.Length;
        var now = Clock.Now;
        for (var complete = _receivedBytes / _messageBytes; _answered < complete; _answered++)
        {
            var dueAt = _dueAt[_answered % MostOutstanding];
            if (dueAt >= Context.CountingSince)
            {
                Context.Complete(dueAt, now);
            }
        }
    }

    private void Flush()
    {
        var unsent = (_due * _messageBytes) - _sentBytes;
        if (unsent <= 0)
        {
            return;
        }

        var sent = LinuxSystemCalls.Send(Descriptor, BytePattern.At(Seed + _sentBytes), (int)unsent);
        if (sent > 0)
        {
            _sentBytes += sent;
        }
        else if (sent != -LinuxSystemCalls.EAGAIN)
        {
            Fail($"send: {sent}");
        }
    }
}
