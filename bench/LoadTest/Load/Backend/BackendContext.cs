using System.Runtime.InteropServices;

namespace Zoneway.LoadTest.Load.Backend;

/// <summary>What the connections of the back end share: one thread, one scratch buffer.</summary>
internal sealed unsafe class BackendContext(Reactor reactor, SharedCounters counters)
{
    public Reactor Reactor => reactor;

    public SharedCounters Counters => counters;

    /// <summary><see cref="BytePattern.LargestSlice"/> bytes, free between two calls into a handler.</summary>
    public byte* Scratch { get; } = (byte*)NativeMemory.Alloc(BytePattern.LargestSlice);
}
