using Zoneway.SniRouter.Engine;

namespace Zoneway.LoadTest.Load;

/// <summary>Sends the pattern without end.</summary>
internal sealed unsafe class UploadConnection(LoadContext context) : ClientConnection(context)
{
    private const int BytesPerTurn = 1024 * 1024;

    private long _sent;

    /// <inheritdoc/>
    protected override StreamKind Kind => StreamKind.Sink;

    /// <inheritdoc/>
    protected override void OnOpened()
    {
        _sent = 0;
        OnOpenReady();
    }

    /// <inheritdoc/>
    protected override void OnOpenReady()
    {
        for (var moved = 0; moved < BytesPerTurn;)
        {
            var length = LinuxSystemCalls.Send(Descriptor, BytePattern.At(Seed + _sent), BytePattern.LargestSlice);
            if (length < 0)
            {
                if (length != -LinuxSystemCalls.EAGAIN)
                {
                    Fail($"send: {length}");
                }

                return;
            }

            _sent += length;
            moved += length;
            Context.SentBytes += length;
        }

        Continue();
    }
}
