using System.Security.Cryptography.X509Certificates;

namespace Zoneway.Xds.Tests.Grpc.Interop;

/// <summary>A certificate, its key and its authority as files, for the time of a test.</summary>
internal sealed class PemFiles : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("zoneway-test-");

    public PemFiles(X509Certificate2 certificate, X509Certificate2 authority)
    {
        using var key = certificate.GetECDsaPrivateKey();
        Paths =
        [
            Write("key.pem", key!.ExportPkcs8PrivateKeyPem()),
            Write("certificate.pem", certificate.ExportCertificatePem()),
            Write("authority.pem", authority.ExportCertificatePem()),
        ];
    }

    /// <summary>Key, certificate, authority: the order the scripts take them in.</summary>
    public IReadOnlyList<string> Paths { get; }

    public void Dispose() => _directory.Delete(recursive: true);

    private string Write(string name, string text)
    {
        var path = Path.Combine(_directory.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}
