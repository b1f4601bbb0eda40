using System.Globalization;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Zoneway.SniRouter.Listeners;
using Zoneway.SniRouter.Proxying;
using Zoneway.SniRouter.Routing;

namespace Zoneway.SniRouter.Engine;

/// <summary>Makes an accepted descriptor a Kestrel connection and hands it in at the virtual endpoint, as the portable data path does with its own.</summary>
[SupportedOSPlatform("linux")]
internal sealed class ConnectionHandOver(VirtualConnectionListener virtualListener, TimeProvider time, ILoggerFactory loggerFactory) : IDisposable
{
    private readonly SocketConnectionContextFactory _connections = new(
        new SocketConnectionFactoryOptions { MaxWriteBufferSize = 1 }, loggerFactory.CreateLogger<ConnectionHandOver>());

    private long _lastId;

    /// <summary>Takes over a descriptor from which nothing was read.</summary>
    /// <param name="listener">Name of the listener that accepted it.</param>
    /// <param name="descriptor">The descriptor; this class owns it from now on.</param>
    /// <param name="ageMilliseconds">Time since it was accepted.</param>
    /// <param name="filterChain">The chain that it was found to be for.</param>
    /// <param name="serverName">The server name, where the chain takes the socket.</param>
    public void Enqueue(string listener, int descriptor, long ageMilliseconds, FilterChain filterChain, string serverName)
    {
        // Off the loop's thread: Kestrel may make the caller wait.
        ThreadPool.UnsafeQueueUserWorkItem(
            static state => _ = state.Self.HandInAsync(state.Listener, state.Descriptor, state.Age, state.Chain, state.Name),
            (Self: this, Listener: listener, Descriptor: descriptor, Age: ageMilliseconds, Chain: filterChain, Name: serverName),
            preferLocal: false);
    }

    /// <inheritdoc/>
    public void Dispose() => _connections.Dispose();

    private string NextId() => string.Create(CultureInfo.InvariantCulture, $"T{Interlocked.Increment(ref _lastId):X8}");

    private async Task HandInAsync(string listener, int descriptor, long ageMilliseconds, FilterChain filterChain, string serverName)
    {
        var socket = new Socket(new SafeSocketHandle(descriptor, ownsHandle: true));
        var connection = filterChain.Action.TakesSocket ? new HandedOverConnection(NextId(), socket, filterChain, serverName) : _connections.Create(socket);
        var accepted = time.GetTimestamp() - (ageMilliseconds * time.TimestampFrequency / 1000);
        connection.Features.Set<IListenerFeature>(new AcceptedBy(listener, accepted));
        await virtualListener.HandInAsync(connection);
    }
}
