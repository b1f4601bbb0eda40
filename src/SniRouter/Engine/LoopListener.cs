using System.Net.Sockets;
using System.Runtime.Versioning;

namespace Zoneway.SniRouter.Engine;

/// <summary>A listening socket that all loops accept from. Its descriptor is closed when the last loop has let go of it.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LoopListener(int id, string name, Socket socket, int loops)
{
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _loops = loops;

    /// <summary>Number in event tags, unique in the process.</summary>
    public int Id { get; } = id;

    /// <summary>The listener's name in the route table.</summary>
    public string Name { get; } = name;

    /// <summary>The listening descriptor, non-blocking.</summary>
    public int Descriptor { get; } = (int)socket.Handle;

    /// <summary>Completes when no loop accepts any more and the port is free.</summary>
    public Task Released => _released.Task;

    /// <summary>A loop has let go.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _loops) == 0)
        {
            socket.Dispose();
            _released.SetResult();
        }
    }
}
