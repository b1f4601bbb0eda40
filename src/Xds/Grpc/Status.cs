namespace Zoneway.Xds.Grpc;

/// <summary>A status code with the text that came with it.</summary>
/// <param name="StatusCode">How the call ended.</param>
/// <param name="Detail">For people; empty when the peer said nothing.</param>
/// <param name="DebugException">What was caught on this side, when the status was made from an exception. Never sent.</param>
internal readonly record struct Status(StatusCode StatusCode, string Detail, Exception? DebugException = null)
{
    /// <summary>Success, without a text.</summary>
    public static Status DefaultSuccess { get; } = new(StatusCode.OK, "");

    /// <summary>Cancelled, without a text.</summary>
    public static Status DefaultCancelled { get; } = new(StatusCode.Cancelled, "");

    /// <inheritdoc/>
    public override string ToString() => Detail.Length == 0 ? StatusCode.ToString() : $"{StatusCode}: {Detail}";
}
