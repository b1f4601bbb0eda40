namespace Zoneway.Xds.Grpc;

/// <summary>A call ended with a status other than OK. Thrown by a server's handler, it decides the status the client sees.</summary>
internal sealed class RpcException(Status status, Metadata? trailers = null) : Exception(status.ToString(), status.DebugException)
{
    /// <summary>How the call ended.</summary>
    public Status Status { get; } = status;

    /// <summary>The code of <see cref="Status"/>.</summary>
    public StatusCode StatusCode => Status.StatusCode;

    /// <summary>Trailing metadata, without the status itself.</summary>
    public Metadata Trailers { get; } = trailers ?? Metadata.Empty;
}
