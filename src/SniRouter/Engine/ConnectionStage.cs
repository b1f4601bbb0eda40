namespace Zoneway.SniRouter.Engine;

/// <summary>How far a connection has come.</summary>
internal enum ConnectionStage
{
    /// <summary>No connection: the object waits to be used.</summary>
    Free,

    /// <summary>Waiting for the ClientHello.</summary>
    Hello,

    /// <summary>Connecting to an endpoint.</summary>
    Connecting,

    /// <summary>Moving bytes.</summary>
    Splicing,
}
