using System.Security.Cryptography;

namespace Zoneway.MutualTls;

/// <summary>A secret that has been read. Immutable.</summary>
public sealed class LoadedSecret
{
    private LoadedSecret(string name, TlsCertificate? certificate, ValidationContextConfig? validation, string problem) =>
        (Name, Certificate, Validation, Problem) = (name, certificate, validation, problem);

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The certificate, or null.</summary>
    public TlsCertificate? Certificate { get; }

    /// <summary>How peers are verified, or null.</summary>
    public ValidationContextConfig? Validation { get; }

    /// <summary>Why it cannot be used, never with any of its content; empty when it can.</summary>
    public string Problem { get; }

    /// <summary>Whether it can be used.</summary>
    public bool IsUsable => Problem.Length == 0;

    /// <summary>Reads what a control plane has delivered.</summary>
    public static LoadedSecret Load(SecretConfig config)
    {
        TlsCertificate? certificate = null;
        var problem = "";
        if (config.Certificate is { } pem && !TlsCertificate.TryLoad(pem, out certificate, out problem))
        {
            return new LoadedSecret(config.Name, null, null, problem);
        }

        problem = config.Validation is { } validation ? ProblemOf(validation) : "";
        return problem.Length > 0 ? new LoadedSecret(config.Name, null, null, problem) : new LoadedSecret(config.Name, certificate, config.Validation, "");
    }

    /// <summary>Why the CAs given in a validation context cannot be used; empty when they can. Files are looked at when they are needed.</summary>
    public static string ProblemOf(ValidationContextConfig validation)
    {
        try
        {
            foreach (var pem in validation.TrustDomains.Select(domain => domain.TrustBundle).Append(validation.TrustedCa).Where(pem => pem.Length > 0))
            {
                PemCertificates.Read(pem);
            }

            return "";
        }
        catch (CryptographicException exception)
        {
            return $"the trusted CAs cannot be read: {exception.Message}";
        }
    }
}
