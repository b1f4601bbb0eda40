using Zoneway.SniRouter.Engine;

namespace Zoneway.LoadTest.Load;

/// <summary>Receives the pattern without end.</summary>
internal sealed unsafe class DownloadConnection(LoadContext context) : ClientConnection(context)
{
    private const int BytesPerTurn = 1024 * 1024;

    private PatternReceiver? _receiver;

    /// <inheritdoc/>
    protected override StreamKind Kind => StreamKind.Source;

    /// <inheritdoc/>
    protected override void OnOpened()
    {
        _receiver = new PatternReceiver(Seed, Context.Scratch);
        OnOpenReady();
    }

    /// <inheritdoc/>
    protected override void OnOpenReady()
    {
        for (var moved = 0; moved < BytesPerTurn;)
        {
            var length = _receiver!.Receive(Descriptor, out var isWrong);
            Context.WrongBytes += isWrong ? 1 : 0;
            if (length <= 0)
            {
                if (length != -LinuxSystemCalls.EAGAIN)
                {
                    Fail($"receive: {length}");
                }

                return;
            }

            moved += length;
            Context.ReceivedBytes += length;
        }

        Continue();
    }
}
