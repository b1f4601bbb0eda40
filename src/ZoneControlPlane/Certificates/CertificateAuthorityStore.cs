using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Zoneway.ZoneControlPlane.Certificates;

/// <summary>
/// Keeps the CA of each mesh under one folder: <c>mesh/ca.crt</c> and <c>mesh/ca.key</c> (mode 0600). Any number of processes may ask for
/// the same CA at the same time; exactly one of them makes it. <c>ca.crt</c> may hold further certificates behind the CA's own, to be trusted besides.
/// </summary>
/// <remarks>
/// A CA is written into a folder of its own and that folder is renamed into place. rename(2) never replaces a folder that has content,
/// so the first one wins, the others read what it made, and nobody ever sees half a CA.
/// </remarks>
internal sealed class CertificateAuthorityStore(string folder, TimeProvider time)
{
    private const string CertificateFile = "ca.crt";
    private const string KeyFile = "ca.key";

    /// <summary>Where the CAs are when nothing else is said: <c>.ca</c> in the resource directory, which resource files are not read from.</summary>
    public static string DefaultFolder(string resourceFolder) => Path.Combine(resourceFolder, ".ca");

    /// <summary>The CA of a mesh, made when there is none yet.</summary>
    /// <param name="mesh">Name of the mesh; must be a valid resource name, since it names a folder.</param>
    /// <exception cref="IOException">The folder cannot be read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">The process may not read or write the folder.</exception>
    /// <exception cref="CryptographicException">The stored CA is damaged.</exception>
    public MeshCertificateAuthority GetOrCreate(string mesh)
    {
        if (!Resources.ResourceNames.IsValidName(mesh))
        {
            throw new ArgumentException($"\"{mesh}\" is not a mesh name", nameof(mesh));
        }

        var home = Path.Combine(folder, mesh);
        if (!Directory.Exists(home))
        {
            Create(mesh, home);
        }

        return Load(mesh, home);
    }

    private static MeshCertificateAuthority Load(string mesh, string home)
    {
        var path = Path.Combine(home, CertificateFile);
        try
        {
            var certificate = X509Certificate2.CreateFromPemFile(path, Path.Combine(home, KeyFile));
            RequireAuthority(certificate, path);
            return new MeshCertificateAuthority(mesh, certificate) { TrustedPem = ReadTrusted(path) };
        }
        catch (ArgumentException exception)
        {
            throw new CryptographicException($"{KeyFile} is not the key of the first certificate in {path}", exception);
        }
    }

    // RFC 5280 §4.2.1.9: nobody would believe what another certificate has signed.
    private static void RequireAuthority(X509Certificate2 certificate, string path)
    {
        if (!certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(static constraints => constraints.CertificateAuthority))
        {
            throw new CryptographicException($"the first certificate in {path} is not that of a CA");
        }
    }

    // The first certificate signs. Those behind it are trusted too, which is how a CA is changed without a gap.
    private static string ReadTrusted(string path)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPemFile(path);
        try
        {
            return string.Join('\n', certificates.Select(static certificate => certificate.ExportCertificatePem()));
        }
        finally
        {
            foreach (var certificate in certificates)
            {
                certificate.Dispose();
            }
        }
    }

    private void Create(string mesh, string home)
    {
        var draft = Path.Combine(folder, $".{mesh}.{Guid.NewGuid():N}");
        Directory.CreateDirectory(draft);
        try
        {
            using (var authority = MeshCertificateAuthority.Create(mesh, time.GetUtcNow()))
            {
                PemFiles.Write(Path.Combine(draft, CertificateFile), authority.Certificate.ExportCertificatePem(), isSecret: false);
                PemFiles.Write(Path.Combine(draft, KeyFile), PemFiles.ExportKey(authority.Certificate), isSecret: true);
            }

            Directory.Move(draft, home);
        }
        catch (IOException) when (Directory.Exists(home))
        {
            // Another process was first: its CA is the CA.
        }
        finally
        {
            if (Directory.Exists(draft))
            {
                Directory.Delete(draft, recursive: true);
            }
        }
    }
}
