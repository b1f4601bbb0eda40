using Zoneway.SniRouter.Engine;

namespace Zoneway.LoadTest.Load.Backend;

/// <summary>Sends the pattern until the client has had enough.</summary>
internal sealed unsafe class SourceStream(uint seed) : BackendStream
{
    private long _position = seed;

    /// <inheritdoc/>
    public override StreamState Serve(int descriptor, bool isEnding)
    {
        for (var moved = 0; moved < BytesPerTurn && !isEnding;)
        {
            var length = LinuxSystemCalls.Send(descriptor, BytePattern.At(_position), BytePattern.LargestSlice);
            if (length < 0)
            {
                return length == -LinuxSystemCalls.EAGAIN ? StreamState.Waiting : StreamState.Ended;
            }

            _position += length;
            moved += length;
        }

        return isEnding ? StreamState.Ended : StreamState.HasMore;
    }
}
