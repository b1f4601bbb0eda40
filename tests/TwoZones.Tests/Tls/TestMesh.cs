using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Zoneway.TwoZones.Tls;

namespace Zoneway.TwoZones.Tests.Tls;

/// <summary>A mesh with a CA of its own, without a control plane: writes files as <c>zone-cp certificate</c> does.</summary>
internal sealed class TestMesh : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("zoneway-test-mesh-").FullName;
    private readonly X509Certificate2 _ca;
    private readonly List<MeshIdentity> _identities = [];

    public TestMesh(string name)
    {
        Name = name;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForCertificateAuthority());
        _ca = request.CreateSelfSigned(Now.AddHours(-1), Now.AddHours(1));
    }

    public string Name { get; }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    /// <summary>The identity of a workload, trusting its own mesh or another.</summary>
    public MeshIdentity Identity(string service, TestMesh? trusted = null)
    {
        var identity = MeshIdentity.Load(Issue(service), trusted?.Issue(service));
        _identities.Add(identity);
        return identity;
    }

    public void Dispose()
    {
        _identities.ForEach(static identity => identity.Dispose());
        _ca.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private string Issue(string service)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, service)).FullName;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=workload", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri($"spiffe://{Name}/{service}"));
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(_ca, Now.AddMinutes(-30), Now.AddMinutes(30), RandomNumberGenerator.GetBytes(8));
        File.WriteAllText(Path.Combine(folder, "tls.crt"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "tls.key"), key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(Path.Combine(folder, "ca.crt"), _ca.ExportCertificatePem());
        return folder;
    }
}
