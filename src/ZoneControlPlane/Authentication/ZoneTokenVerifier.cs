using System.Security.Cryptography;
using Zoneway.ZoneControlPlane.Snapshots;

namespace Zoneway.ZoneControlPlane.Authentication;

/// <summary>
/// Verifies zone tokens as <c>kumactl generate zone-token</c> makes them: RS256 by one of the keys, within its time, for this zone and this
/// kind of proxy. The name of the proxy is not bound. Revocations are not known here. Protocol §2.1.
/// </summary>
/// <remarks>Safe for use from any thread. Owns the keys.</remarks>
internal sealed class ZoneTokenVerifier(IReadOnlyList<RSA> keys, string zone, TimeProvider time) : IDisposable
{
    private readonly Lock _gate = new();

    /// <summary>Reads RSA keys, public or private ones, from PEM.</summary>
    /// <exception cref="ArgumentException">The text has no key, or an encrypted one.</exception>
    /// <exception cref="CryptographicException">The key is broken, or no RSA key.</exception>
    public static RSA ReadKey(string pem)
    {
        var key = RSA.Create();
        try
        {
            key.ImportFromPem(pem);
            return key;
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>Checks a token.</summary>
    /// <param name="text">The value of the <c>authorization</c> metadata, without a scheme; null when there was none.</param>
    /// <param name="kind">Kind of the proxy that shows it.</param>
    /// <returns>What is wrong, for the proxy's operator; null when the token is good. Nothing of the token is in it.</returns>
    public string? FindFault(string? text, ProxyKind kind)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "the token is empty";
        }

        if (ZoneToken.Parse(text) is not { } token)
        {
            return "the token is not a JWT";
        }

        if (token.Algorithm != "RS256" || !IsSigned(token))
        {
            return "the signature of the token is not valid";
        }

        var now = time.GetUtcNow().ToUnixTimeSeconds();
        if (now < token.NotBefore || now >= token.Expires)
        {
            return now >= token.Expires ? "the token has expired" : "the token is not valid yet";
        }

        var scope = kind == ProxyKind.Ingress ? "ingress" : "egress";
        return !token.Scopes.Contains(scope) ? $"the token's scope does not cover {scope}"
            : token.Zone.Length > 0 && token.Zone != zone ? $"the token is for another zone than {zone}"
            : null;
    }

    public void Dispose()
    {
        foreach (var key in keys)
        {
            key.Dispose();
        }
    }

    // RFC 7518 §3.3. Key objects are not made for use from several threads.
    private bool IsSigned(ZoneToken token)
    {
        lock (_gate)
        {
            return keys.Any(key => key.VerifyData(token.SignedBytes, token.Signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        }
    }
}
