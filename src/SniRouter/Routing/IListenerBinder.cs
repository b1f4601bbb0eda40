using System.Net;

namespace Zoneway.SniRouter.Routing;

/// <summary>Opens and closes the sockets that listeners ask for.</summary>
public interface IListenerBinder
{
    /// <summary>
    /// Makes a listener accept on an address. A listener that already accepts there is left alone; one that accepts elsewhere moves,
    /// the new address first. Its open connections stay.
    /// </summary>
    /// <returns>Null when it accepts now, else why not.</returns>
    ValueTask<string?> BindAsync(string listener, IPEndPoint address, CancellationToken cancellationToken);

    /// <summary>Stops accepting for a listener. Its open connections stay.</summary>
    ValueTask UnbindAsync(string listener, CancellationToken cancellationToken);
}
