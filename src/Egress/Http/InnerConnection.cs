using System.IO.Pipelines;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Zoneway.Egress.Http;

/// <summary>What is inside the TLS of a connection, as a connection of its own. Its end leaves the outer one to whoever owns that.</summary>
internal sealed class InnerConnection : DefaultConnectionContext
{
    private readonly ConnectionContext _outer;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public InnerConnection(ConnectionContext outer, IDuplexPipe inside)
        : base(outer.ConnectionId, inside, inside)
    {
        _outer = outer;
        LocalEndPoint = outer.LocalEndPoint;
        RemoteEndPoint = outer.RemoteEndPoint;
        ConnectionClosed = outer.ConnectionClosed;
    }

    /// <summary>Completes when the server is done with it.</summary>
    public Task Ended => _ended.Task;

    /// <inheritdoc/>
    public override void Abort(ConnectionAbortedException abortReason) => _outer.Abort(abortReason);

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        _ended.TrySetResult();
        return base.DisposeAsync();
    }
}

/// <summary>Tells Kestrel that TLS is outside and which HTTP is spoken, which it would otherwise not take HTTP/2 for.</summary>
internal sealed class InnerTls(ReadOnlyMemory<byte> protocol) : ITlsConnectionFeature, ITlsApplicationProtocolFeature
{
    /// <summary>For any connection.</summary>
    public static InnerTls Instance { get; } = new(default);

    /// <summary>HTTP/1.1.</summary>
    public static InnerTls Http11 { get; } = new("http/1.1"u8.ToArray());

    /// <summary>HTTP/2.</summary>
    public static InnerTls Http2 { get; } = new("h2"u8.ToArray());

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> ApplicationProtocol => protocol;

    /// <inheritdoc/>
    public X509Certificate2? ClientCertificate { get => null; set { } }

    /// <inheritdoc/>
    public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) => Task.FromResult<X509Certificate2?>(null);
}
