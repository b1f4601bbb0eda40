using System.Security.Cryptography;

namespace Zoneway.ZoneControlPlane.Certificates;

/// <summary>
/// Keeps the certificate files of one workload fresh: new ones after two thirds of the life of the old, and whenever the CAs of the mesh
/// have changed, which is looked at every minute.
/// </summary>
/// <param name="mesh">Mesh whose CA issues.</param>
/// <param name="certificate">The workload's certificate.</param>
/// <param name="folder">Where the files are written.</param>
/// <param name="store">Keeps the CA.</param>
/// <param name="time">Clock.</param>
internal sealed class WorkloadCertificateRenewal(string mesh, RenewingCertificate certificate, string folder, CertificateAuthorityStore store, TimeProvider time)
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromMinutes(1);

    private string _writtenTrust = "";

    /// <summary>Writes the files when they are due.</summary>
    /// <returns>Whether they were.</returns>
    /// <exception cref="IOException">A folder cannot be read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">The process may not read or write a folder.</exception>
    /// <exception cref="CryptographicException">The CA is damaged or has expired.</exception>
    public bool Refresh()
    {
        using var authority = store.GetOrCreate(mesh);
        var isNew = certificate.Renew(authority, time.GetUtcNow());
        if (!isNew && _writtenTrust == authority.TrustedPem)
        {
            return false;
        }

        WorkloadCertificateFiles.Write(folder, certificate.Current!, authority);
        _writtenTrust = authority.TrustedPem;
        return true;
    }

    /// <summary>Goes on until cancelled. What fails is told and tried again; the files stay as they are meanwhile.</summary>
    /// <param name="written">Told of every renewal.</param>
    /// <param name="failed">Told why one failed.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task RunAsync(Action<IssuedCertificate> written, Action<string> failed, CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                await Task.Delay(UntilNextCheck(), time, cancellation);
                TryRefresh(written, failed);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    private void TryRefresh(Action<IssuedCertificate> written, Action<string> failed)
    {
        try
        {
            if (Refresh())
            {
                written(certificate.Current!);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            failed(exception.Message);
        }
    }

    // What is overdue has failed before, and a moment later it will fail again.
    private TimeSpan UntilNextCheck()
    {
        var due = certificate.Current!.RenewAt - time.GetUtcNow();
        return due <= TimeSpan.Zero ? certificate.RetryInterval : due < CheckInterval ? due : CheckInterval;
    }
}
