using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Zoneway.ZoneControlPlane.Authentication;

/// <summary>A zone token taken apart: a JWT with Kuma's claims, nothing of it verified yet. Protocol §2.1.</summary>
internal sealed record ZoneToken
{
    /// <summary>Longest token looked at, in characters; Kuma's have some hundreds.</summary>
    public const int MaxLength = 16 * 1024;

    /// <summary>Signature algorithm of the header.</summary>
    public required string Algorithm { get; init; }

    /// <summary>What the signature is over.</summary>
    public required byte[] SignedBytes { get; init; }

    public required byte[] Signature { get; init; }

    /// <summary>Claim <c>Zone</c>; empty for any zone.</summary>
    public required string Zone { get; init; }

    /// <summary>Claim <c>Scope</c>: <c>ingress</c>, <c>egress</c>.</summary>
    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>Claim <c>nbf</c>, seconds since 1970; null for at once.</summary>
    public long? NotBefore { get; init; }

    /// <summary>Claim <c>exp</c>, seconds since 1970; null for never.</summary>
    public long? Expires { get; init; }

    /// <summary>Takes a token apart. Never throws.</summary>
    /// <returns>Null when it is no JWT.</returns>
    public static ZoneToken? Parse(string text)
    {
        if (text.Length > MaxLength || text.Split('.') is not [var header, var claims, var signature])
        {
            return null;
        }

        try
        {
            using var headerJson = JsonDocument.Parse(Base64Url.DecodeFromChars(header));
            using var claimsJson = JsonDocument.Parse(Base64Url.DecodeFromChars(claims));
            return headerJson.RootElement.ValueKind == JsonValueKind.Object && claimsJson.RootElement.ValueKind == JsonValueKind.Object
                ? Read(headerJson.RootElement, claimsJson.RootElement, Encoding.ASCII.GetBytes($"{header}.{claims}"), Base64Url.DecodeFromChars(signature))
                : null;
        }
        catch (Exception exception) when (exception is FormatException or JsonException or InvalidOperationException)
        {
            // The last one is how text that is not UTF-8 shows.
            return null;
        }
    }

    private static ZoneToken Read(JsonElement header, JsonElement claims, byte[] signed, byte[] signature) => new()
    {
        Algorithm = Text(header, "alg"),
        SignedBytes = signed,
        Signature = signature,
        Zone = Text(claims, "Zone"),
        Scopes = claims.TryGetProperty("Scope", out var scopes) && scopes.ValueKind == JsonValueKind.Array
            ? [.. scopes.EnumerateArray().Where(static scope => scope.ValueKind == JsonValueKind.String).Select(static scope => scope.GetString()!)]
            : [],
        NotBefore = Seconds(claims, "nbf"),
        Expires = Seconds(claims, "exp"),
    };

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    // A time that is no time is none that could be kept.
    private static long? Seconds(JsonElement element, string name) =>
        !element.TryGetProperty(name, out var value) ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var seconds) && seconds is >= 0 and < 1e12 ? (long)seconds
        : throw new FormatException();
}
