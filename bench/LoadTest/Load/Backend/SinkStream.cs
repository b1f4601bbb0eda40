using Zoneway.SniRouter.Engine;

namespace Zoneway.LoadTest.Load.Backend;

/// <summary>Takes in what comes, checks and counts it.</summary>
internal sealed unsafe class SinkStream(uint seed, BackendContext context) : BackendStream
{
    private readonly PatternReceiver _receiver = new(seed, context.Scratch);

    /// <inheritdoc/>
    public override StreamState Serve(int descriptor, bool isEnding)
    {
        for (var moved = 0; moved < BytesPerTurn;)
        {
            var length = _receiver.Receive(descriptor, out var isWrong);
            if (isWrong)
            {
                context.Counters.AddWrongBytes();
            }

            if (length <= 0)
            {
                return length == -LinuxSystemCalls.EAGAIN ? StreamState.Waiting : StreamState.Ended;
            }

            context.Counters.AddReceived(length);
            moved += length;
        }

        return StreamState.HasMore;
    }
}
