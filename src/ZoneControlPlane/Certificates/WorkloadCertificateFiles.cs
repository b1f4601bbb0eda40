using System.Security.Cryptography.X509Certificates;

namespace Zoneway.ZoneControlPlane.Certificates;

/// <summary>Writes what a workload needs for mTLS into a folder: <c>tls.crt</c>, <c>tls.key</c> (mode 0600) and <c>ca.crt</c>.</summary>
internal static class WorkloadCertificateFiles
{
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static void Write(string folder, X509Certificate2 certificate, MeshCertificateAuthority authority)
    {
        Directory.CreateDirectory(folder);
        PemFiles.Write(Path.Combine(folder, "ca.crt"), authority.Certificate.ExportCertificatePem(), isSecret: false);
        PemFiles.Write(Path.Combine(folder, "tls.key"), PemFiles.ExportKey(certificate), isSecret: true);
        PemFiles.Write(Path.Combine(folder, "tls.crt"), certificate.ExportCertificatePem(), isSecret: false);
    }
}
