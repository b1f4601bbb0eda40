using System.Net;
using Microsoft.AspNetCore.Connections;
using Zoneway.SniRouter.Listeners;
using Zoneway.Termination.Http;

namespace Zoneway.Egress.Http;

/// <summary>Where the inner server accepts: nothing is bound, connections are handed in whose HTTP is known already.</summary>
internal sealed class InnerTransport : IConnectionListenerFactory
{
    private readonly VirtualConnectionListener[] _listeners = [new(), new()];

    /// <summary>Takes the connections that speak a certain HTTP.</summary>
    public VirtualConnectionListener For(HttpCodec codec) => _listeners[codec == HttpCodec.Http2 ? 1 : 0];

    /// <inheritdoc/>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IConnectionListener>(For(ReferenceEquals(endpoint, InnerEndPoint.Http2) ? HttpCodec.Http2 : HttpCodec.Http1));
}

/// <summary>The two endpoints of the inner server. Kestrel would tell the two apart by ALPN, which Kuma does not use.</summary>
internal sealed class InnerEndPoint : EndPoint
{
    private readonly string _name;

    private InnerEndPoint(string name) => _name = name;

    /// <summary>HTTP/1.1.</summary>
    public static InnerEndPoint Http1 { get; } = new("HTTP/1.1 inside TLS");

    /// <summary>HTTP/2.</summary>
    public static InnerEndPoint Http2 { get; } = new("HTTP/2 inside TLS");

    /// <inheritdoc/>
    public override string ToString() => _name;
}
