using System.Net.Sockets;
using System.Runtime.Versioning;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Zoneway.SniRouter.Listeners;
using Zoneway.SniRouter.Proxying;

namespace Zoneway.SniRouter.Engine;

/// <summary>Makes an accepted descriptor a Kestrel connection and hands it in at the virtual endpoint, as the portable data path does with its own.</summary>
[SupportedOSPlatform("linux")]
internal sealed class ConnectionHandOver(VirtualConnectionListener virtualListener, TimeProvider time, ILoggerFactory loggerFactory) : IDisposable
{
    private readonly SocketConnectionContextFactory _connections = new(
        new SocketConnectionFactoryOptions { MaxWriteBufferSize = 1 }, loggerFactory.CreateLogger<ConnectionHandOver>());

    /// <summary>Takes over a descriptor from which nothing was read.</summary>
    /// <param name="listener">Name of the listener that accepted it.</param>
    /// <param name="descriptor">The descriptor; this class owns it from now on.</param>
    /// <param name="ageMilliseconds">Time since it was accepted.</param>
    public void Enqueue(string listener, int descriptor, long ageMilliseconds)
    {
        // Off the loop's thread: Kestrel may make the caller wait.
        ThreadPool.UnsafeQueueUserWorkItem(
            static state => _ = state.Self.HandInAsync(state.Listener, state.Descriptor, state.Age),
            (Self: this, Listener: listener, Descriptor: descriptor, Age: ageMilliseconds),
            preferLocal: false);
    }

    /// <inheritdoc/>
    public void Dispose() => _connections.Dispose();

    private async Task HandInAsync(string listener, int descriptor, long ageMilliseconds)
    {
        var socket = new Socket(new SafeSocketHandle(descriptor, ownsHandle: true));
        var connection = _connections.Create(socket);
        var accepted = time.GetTimestamp() - (ageMilliseconds * time.TimestampFrequency / 1000);
        connection.Features.Set<IListenerFeature>(new AcceptedBy(listener, accepted));
        await virtualListener.HandInAsync(connection);
    }
}
