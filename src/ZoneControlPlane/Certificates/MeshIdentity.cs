namespace Zoneway.ZoneControlPlane.Certificates;

/// <summary>What an egress needs for the mTLS of one mesh. Immutable; a change makes a new one.</summary>
/// <param name="certificate">Its certificate.</param>
/// <param name="trustedPem">The CAs of the mesh, PEM.</param>
/// <remarks>A class rather than a record: nothing may print the key by accident.</remarks>
internal sealed class MeshIdentity(IssuedCertificate certificate, string trustedPem)
{
    public string CertificatePem => certificate.CertificatePem;

    public string KeyPem => certificate.KeyPem;

    public string TrustedPem => trustedPem;
}
