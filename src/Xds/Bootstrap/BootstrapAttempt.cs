namespace Zoneway.Xds.Bootstrap;

/// <summary>How one attempt to get the bootstrap document ended.</summary>
/// <param name="Document">The document; null when the attempt failed.</param>
/// <param name="Error">Why it failed, for the operator; empty when it did not.</param>
/// <param name="MayRetry">Whether another attempt can help. Protocol §1.2.</param>
internal readonly record struct BootstrapAttempt(BootstrapDocument? Document, string Error, bool MayRetry)
{
    public static BootstrapAttempt GiveUp(string error) => new(null, error, MayRetry: false);

    public static BootstrapAttempt TryAgain(string error) => new(null, error, MayRetry: true);
}
