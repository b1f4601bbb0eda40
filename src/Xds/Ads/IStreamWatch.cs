namespace Zoneway.Xds.Ads;

/// <summary>Sees how streams end, and can end the client that opens them.</summary>
internal interface IStreamWatch
{
    /// <summary>A stream has ended. The next one is not opened before this has returned.</summary>
    /// <param name="end">How.</param>
    /// <param name="cancellationToken">Cancelled when the host stops.</param>
    /// <returns>True: the client is to end, since another takes its place. False: it tries again.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled. Nothing else is thrown.</exception>
    ValueTask<bool> IsSupersededAsync(StreamEnd end, CancellationToken cancellationToken);
}
