namespace Zoneway.SniRouter.Proxying;

/// <summary>Tells the middleware which listener accepted a connection, and when. Set by the transport behind the virtual endpoint.</summary>
public interface IListenerFeature
{
    /// <summary>Name of the listener.</summary>
    string ListenerName { get; }

    /// <summary>When the connection was accepted, as <see cref="TimeProvider.GetTimestamp"/> counts.</summary>
    long AcceptedTimestamp { get; }
}

/// <summary>What the engine has found out already of a connection that it hands on for the sake of a chain that takes the socket. No byte was taken, and nothing else reads the socket.</summary>
public interface IHandedOverFeature
{
    /// <summary>The chain.</summary>
    Routing.FilterChain FilterChain { get; }

    /// <summary>The server name; empty for none.</summary>
    string ServerName { get; }

    /// <summary>The socket. It is closed with the connection.</summary>
    System.Net.Sockets.Socket Socket { get; }

    /// <summary>Whether the socket is closed.</summary>
    bool IsClosed { get; }
}

/// <summary>The filter chain chosen for a connection; set before a chain that is terminated here is handed on.</summary>
public interface IRouteFeature
{
    /// <summary>The chain.</summary>
    Routing.FilterChain FilterChain { get; }
}
