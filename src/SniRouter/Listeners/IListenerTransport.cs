using System.Net;
using System.Net.Sockets;

namespace Zoneway.SniRouter.Listeners;

/// <summary>Opens real listening sockets and takes care of what they accept: the seam between the portable data path and a faster one.</summary>
internal interface IListenerTransport
{
    /// <summary>Listens on an address.</summary>
    /// <exception cref="SocketException">The address cannot be bound.</exception>
    ValueTask<IBoundListener> BindAsync(string listener, IPEndPoint address, CancellationToken cancellationToken);
}

/// <summary>A listening socket.</summary>
internal interface IBoundListener
{
    /// <summary>The address bound, with the real port.</summary>
    IPEndPoint EndPoint { get; }

    /// <summary>Stops accepting and frees the port. Connections accepted before stay.</summary>
    ValueTask UnbindAsync(CancellationToken cancellationToken);
}
