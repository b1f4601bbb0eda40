using System.Security.Cryptography.X509Certificates;

namespace Zoneway.ZoneControlPlane.Certificates;

/// <summary>Writes what a workload needs for mTLS into a folder: <c>tls.crt</c>, <c>tls.key</c> (mode 0600) and <c>ca.crt</c>.</summary>
internal static class WorkloadCertificateFiles
{
    /// <summary>Writes the three files. Each is replaced whole, the certificate last: whoever is told of it finds the key that goes with it.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static void Write(string folder, IssuedCertificate certificate, MeshCertificateAuthority authority)
    {
        Directory.CreateDirectory(folder);
        PemFiles.Write(Path.Combine(folder, "ca.crt"), authority.TrustedPem, isSecret: false);
        PemFiles.Write(Path.Combine(folder, "tls.key"), certificate.KeyPem, isSecret: true);
        PemFiles.Write(Path.Combine(folder, "tls.crt"), certificate.CertificatePem, isSecret: false);
    }

    /// <inheritdoc cref="Write(string, IssuedCertificate, MeshCertificateAuthority)"/>
    public static void Write(string folder, X509Certificate2 certificate, MeshCertificateAuthority authority) =>
        Write(folder, new IssuedCertificate(certificate, authority, new DateTimeOffset(certificate.NotBefore)), authority);
}
