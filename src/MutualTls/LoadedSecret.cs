using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Zoneway.MutualTls;

/// <summary>A secret that has been read and found usable. Immutable.</summary>
public sealed class LoadedSecret
{
    private LoadedSecret(string name, TlsCertificate? certificate, ValidationContextConfig? validation) => (Name, Certificate, Validation) = (name, certificate, validation);

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The certificate, or null.</summary>
    public TlsCertificate? Certificate { get; }

    /// <summary>How peers are verified, or null.</summary>
    public ValidationContextConfig? Validation { get; }

    /// <summary>Reads what a control plane has delivered.</summary>
    /// <param name="config">What it was.</param>
    /// <param name="secret">The secret; null on error.</param>
    /// <param name="problem">What is wrong, never with any of the content; empty when nothing is.</param>
    public static bool TryLoad(SecretConfig config, [NotNullWhen(true)] out LoadedSecret? secret, out string problem)
    {
        secret = null;
        problem = "";
        TlsCertificate? certificate = null;
        if (config.Certificate is { } pem && !TlsCertificate.TryLoad(pem, out certificate, out problem))
        {
            return false;
        }

        if (config.Validation is { } validation && !TryRead(validation, out problem))
        {
            return false;
        }

        secret = new LoadedSecret(config.Name, certificate, config.Validation);
        return true;
    }

    private static bool TryRead(ValidationContextConfig validation, out string problem)
    {
        problem = "";
        try
        {
            foreach (var pem in validation.TrustDomains.Select(domain => domain.TrustBundle).Append(validation.TrustedCa).Where(pem => pem.Length > 0))
            {
                PemCertificates.Read(pem);
            }

            return true;
        }
        catch (CryptographicException exception)
        {
            problem = $"the trusted CAs cannot be read: {exception.Message}";
            return false;
        }
    }
}
