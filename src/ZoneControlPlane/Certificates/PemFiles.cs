using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Zoneway.ZoneControlPlane.Certificates;

/// <summary>Writes PEM text so that a reader sees the old file or the new one, never half of it.</summary>
internal static class PemFiles
{
    private const UnixFileMode Secret = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Public = Secret | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Writes a file in place of whatever is there.</summary>
    /// <param name="path">The file.</param>
    /// <param name="pem">Its content.</param>
    /// <param name="isSecret">Mode 0600 instead of 0644, from the moment the file exists.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, string pem, bool isSecret)
    {
        var draft = $"{path}.{Guid.NewGuid():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = isSecret ? Secret : Public;
        }

        using (var stream = new FileStream(draft, options))
        {
            stream.Write(Encoding.ASCII.GetBytes(pem.EndsWith('\n') ? pem : pem + "\n"));
            stream.Flush(flushToDisk: true);
        }

        File.Move(draft, path, overwrite: true);
    }

    /// <summary>The private key of a certificate of ours, as PKCS #8.</summary>
    public static string ExportKey(X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey() ?? throw new CryptographicException("the certificate has no ECDSA key");
        return key.ExportPkcs8PrivateKeyPem();
    }
}
