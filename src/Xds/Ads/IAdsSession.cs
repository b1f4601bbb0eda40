namespace Zoneway.Xds.Ads;

/// <summary>One stream, whatever its variant.</summary>
internal interface IAdsSession
{
    /// <summary>The control plane has answered at least once, with whatever type.</summary>
    bool HasReceivedResponse { get; }

    /// <summary>Runs the stream to its end and disposes of it. Returns when the control plane ended it with status OK.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="stoppingToken"/> was cancelled; the stream was ended in good order.</exception>
    /// <exception cref="Grpc.RpcException">The stream ended with another status.</exception>
    Task RunAsync(CancellationToken stoppingToken);
}
