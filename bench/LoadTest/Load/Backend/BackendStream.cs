namespace Zoneway.LoadTest.Load.Backend;

/// <summary>How a stream stands after it was served.</summary>
internal enum StreamState
{
    /// <summary>It waits for the next event.</summary>
    Waiting,

    /// <summary>Its share of the turn is used up; it wants another one.</summary>
    HasMore,

    /// <summary>It has ended, in order or not.</summary>
    Ended,
}

/// <summary>What a back end does with a connection after the greeting.</summary>
internal abstract class BackendStream
{
    /// <summary>Bytes that a stream may move before others get their turn.</summary>
    protected const int BytesPerTurn = 1024 * 1024;

    /// <summary>Makes the stream that a hello asked for; null when it asked for none.</summary>
    public static BackendStream? Create(StreamOrder order, BackendContext context) => order.Kind switch
    {
        StreamKind.Echo => new EchoStream(context),
        StreamKind.Sink => new SinkStream(order.Seed, context),
        StreamKind.Source => new SourceStream(order.Seed),
        _ => null,
    };

    /// <summary>Receives and sends what can be without waiting. The descriptor was ready, or a turn was asked for.</summary>
    /// <param name="descriptor">The socket.</param>
    /// <param name="isEnding">Whether the client will send no more than it has.</param>
    public abstract StreamState Serve(int descriptor, bool isEnding);

    /// <summary>Gives back what it holds; the connection is over.</summary>
    public virtual void Release()
    {
        // Most hold nothing.
    }
}
