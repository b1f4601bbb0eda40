using Microsoft.AspNetCore.Http;

namespace Zoneway.ZoneControlPlane.Bootstrap;

/// <summary>Outcome of a bootstrap request.</summary>
/// <param name="StatusCode">HTTP status.</param>
/// <param name="Text">The bootstrap document on success, else what is wrong; may be empty.</param>
internal sealed record BootstrapAnswer(int StatusCode, string Text)
{
    /// <summary>There is no such proxy, or not yet: the client asks again.</summary>
    public static BootstrapAnswer NotFound { get; } = new(StatusCodes.Status404NotFound, "");

    public static BootstrapAnswer Good(string document) => new(StatusCodes.Status200OK, document);

    /// <summary>The proxy's configuration is wrong: the client gives up.</summary>
    public static BootstrapAnswer Invalid(string reason) => new(StatusCodes.Status422UnprocessableEntity, reason);

    /// <summary>The request does not fit this server: the client gives up.</summary>
    public static BootstrapAnswer BadRequest(string reason) => new(StatusCodes.Status400BadRequest, reason);
}
