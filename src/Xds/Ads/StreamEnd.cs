using Zoneway.Xds.Grpc;

namespace Zoneway.Xds.Ads;

/// <summary>How a stream ended, in words for the log.</summary>
/// <param name="Code">gRPC status code, or the stage that failed before there was a call.</param>
/// <param name="Reason">What happened.</param>
/// <param name="Advice">What an operator can do about it.</param>
internal sealed record StreamEnd(string Code, string Reason, string Advice)
{
    private const string TokenStage = "token";
    private const string LocalStage = "local";

    /// <summary>The control plane ended the stream with status OK, as it does when it shuts down.</summary>
    public static readonly StreamEnd Orderly = new(nameof(StatusCode.OK), "the control plane ended the stream", "");

    /// <summary>Whether something went wrong.</summary>
    public bool IsFailure => Code != Orderly.Code;

    /// <summary>Whether the control plane had sent a response on the stream.</summary>
    public bool WasAnswered { get; init; }

    /// <summary>
    /// Whether the end says something about the control plane being another one than before: it refused the stream, or never answered on it.
    /// Ends on this side, such as a token that cannot be read, say nothing.
    /// </summary>
    public bool IsRefusal => !WasAnswered && Code is not (TokenStage or LocalStage);

    /// <summary>Whether the control plane does not serve the variant at all.</summary>
    public bool IsUnimplemented => Code == nameof(StatusCode.Unimplemented);

    /// <summary>The end of a call by its status.</summary>
    public static StreamEnd From(Status status) => new(status.StatusCode.ToString(), status.ToString(), Advise(status));

    /// <summary>No token could be had for the stream.</summary>
    public static StreamEnd NoToken(Exception exception) =>
        new(TokenStage, $"the token could not be read: {exception.Message}", "Check that the token file exists and is readable.");

    /// <summary>An error on this side, such as a token that is no header value.</summary>
    public static StreamEnd From(Exception exception) => new(LocalStage, exception.Message, "See the exception.");

    // Kuma's control plane answers with plain Go errors: status Unknown, and only the text tells (protocol §2, §3.5).
    private static string Advise(Status status) => status.StatusCode switch
    {
        StatusCode.Unknown when Says(status, "authentication failed") => "Check the token: its zone, its scope and whether it has expired.",
        StatusCode.Unknown when Says(status, "already an active stream") => "An earlier stream of this proxy is still registered and clears within seconds; if this persists, two proxies use the same name.",
        StatusCode.Unauthenticated or StatusCode.PermissionDenied => "Check the token: its zone, its scope and whether it has expired.",
        StatusCode.Unavailable or StatusCode.DeadlineExceeded => "Check that the control plane runs and can be reached at the configured address, and that its certificate is trusted.",
        StatusCode.Unimplemented => "The control plane does not serve this xDS variant at this address; it is asked for its bootstrap document anew, which says what it serves.",
        StatusCode.ResourceExhausted => "A response is larger than accepted; raise the limit.",
        _ => "See the control plane's log.",
    };

    private static bool Says(Status status, string text) => status.Detail.Contains(text, StringComparison.OrdinalIgnoreCase);
}
