using System.Security.Cryptography.X509Certificates;
using Zoneway.TestUtilities;

namespace Zoneway.MutualTls.Tests;

/// <summary>Sessions that OpenSSL's command line resumes. A ticket is no proof of anything: who resumes is verified against the trust of the moment, and of the port.</summary>
[Collection(nameof(ResumptionTests))]
public sealed class ResumptionTests : IDisposable
{
    private const string Identity = "identity";

    private readonly CertificateForge _forge = new();
    private readonly SecretStore _secrets = new();
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("zoneway-resumption-");
    private readonly X509Certificate2 _mesh;
    private readonly X509Certificate2 _otherMesh;
    private readonly X509Certificate2 _zone;

    public ResumptionTests()
    {
        (_mesh, _otherMesh) = (_forge.Authority("mesh"), _forge.Authority("other mesh"));
        _zone = _forge.Authority("zone", _mesh);
        var identity = _forge.Leaf(_mesh, "spiffe://prod/zone-egress");
        _secrets.Set(LoadedSecret.Load(new SecretConfig { Name = Identity, Certificate = new() { CertificateChain = identity.ExportCertificatePem(), PrivateKey = KeyOf(identity) } }));
        SetTrust("mesh", _mesh);
        SetTrust("other", _otherMesh);
    }

    public static TheoryData<string> Versions => ["-tls1_2", "-tls1_3"];

    public void Dispose()
    {
        _forge.Dispose();
        _directory.Delete(recursive: true);
    }

    [ProgramTheory("openssl", "openssl")]
    [MemberData(nameof(Versions))]
    public async Task Resumed_SameClient_IsWhoItWas(string version)
    {
        await using var server = Start("mesh");
        var client = WriteClient(_mesh);

        Assert.Contains("New, ", await AssertTakenAsync(server, version, client, "-sess_out"), StringComparison.Ordinal);
        Assert.Contains("Reused, ", await AssertTakenAsync(server, version, client, "-sess_in"), StringComparison.Ordinal);
    }

    [ProgramTheory("openssl", "openssl")]
    [MemberData(nameof(Versions))]
    public async Task Resumed_ClientWithAnIntermediate_IsWhoItWas(string version)
    {
        await using var server = Start("mesh");
        var client = WriteClient(_zone, _zone);

        await AssertTakenAsync(server, version, client, "-sess_out");
        await AssertTakenAsync(server, version, client, "-sess_in");
    }

    [ProgramTheory("openssl", "openssl")]
    [MemberData(nameof(Versions))]
    public async Task Resumed_AfterItsAuthorityIsTrustedNoMore_IsRefused(string version)
    {
        await using var server = Start("mesh");
        var client = WriteClient(_mesh);
        await AssertTakenAsync(server, version, client, "-sess_out");

        SetTrust("mesh", _otherMesh);

        await AssertRefusedAsync(server, version, client, TlsFailure.PeerNotTrusted);
    }

    [ProgramTheory("openssl", "openssl")]
    [MemberData(nameof(Versions))]
    public async Task Resumed_AtAPortThatTrustsOthers_IsRefused(string version)
    {
        // Both show the same certificate, so that the one can read the tickets of the other.
        await using var server = Start("mesh");
        await using var other = Start("other");
        var client = WriteClient(_mesh);
        await AssertTakenAsync(server, version, client, "-sess_out");

        await AssertRefusedAsync(other, version, client, TlsFailure.PeerNotTrusted);
    }

    [ProgramTheory("openssl", "openssl")]
    [MemberData(nameof(Versions))]
    public async Task Resumed_WhereAnotherNameIsAskedFor_IsRefused(string version)
    {
        await using var server = Start("mesh");
        await using var picky = Start("mesh", name: "spiffe://prod/other");
        var client = WriteClient(_mesh);
        await AssertTakenAsync(server, version, client, "-sess_out");

        await AssertRefusedAsync(picky, version, client, TlsFailure.PeerName);
    }

    [ProgramTheory("openssl", "openssl")]
    [MemberData(nameof(Versions))]
    public async Task Resumed_FromWhereNoCertificateWasAskedFor_IsRefused(string version)
    {
        await using var open = Start("");
        await using var server = Start("mesh");
        var output = await ConnectAsync(open, version, [], "-sess_out");
        Assert.Contains("you are nobody", output, StringComparison.Ordinal);
        await open.NextAsync();

        await AssertRefusedAsync(server, version, [], TlsFailure.NoPeerCertificate);
    }

    [ProgramTheory("openssl", "openssl")]
    [MemberData(nameof(Versions))]
    public async Task Resumed_WhereThatIsTurnedOff_BeginsAnew(string version)
    {
        await using var server = Start("mesh", resumes: false);
        var client = WriteClient(_mesh);
        await AssertTakenAsync(server, version, client, "-sess_out");

        // TLS 1.2 gives out no session then, and there is nothing to resume.
        if (File.Exists(SessionFile))
        {
            Assert.Contains("New, ", await AssertTakenAsync(server, version, client, "-sess_in"), StringComparison.Ordinal);
        }
    }

    private string SessionFile => Path.Combine(_directory.FullName, "session");

    private TlsServer Start(string trust, bool resumes = true, string name = "spiffe://prod/web") => new(new ServerTls(
        new DownstreamTlsConfig
        {
            Context = new TlsContextConfig
            {
                CertificateSecrets = [Identity],
                ValidationSecret = trust,
                Validation = trust.Length == 0 ? null : new ValidationContextConfig { SubjectAltNames = [new(SubjectAltNameKind.Uri, StringMatcher.Exact(name))] },
            },
            RequiresClientCertificate = trust.Length > 0,
            ResumesSessions = resumes,
        },
        _secrets,
        TimeProvider.System));

    private void SetTrust(string secret, X509Certificate2 authority) =>
        _secrets.Set(LoadedSecret.Load(new SecretConfig { Name = secret, Validation = new() { TrustedCa = authority.ExportCertificatePem() } }));

    private string[] WriteClient(X509Certificate2 signer, params X509Certificate2[] intermediates)
    {
        var leaf = _forge.Leaf(signer, "spiffe://prod/web");
        var chain = Write("chain.pem", string.Concat(intermediates.Select(certificate => certificate.ExportCertificatePem() + "\n")));
        return ["-cert", Write("client.pem", leaf.ExportCertificatePem()), "-key", Write("client.key", KeyOf(leaf)), .. intermediates.Length > 0 ? ["-cert_chain", chain] : Array.Empty<string>()];
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_directory.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static string KeyOf(X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey()!;
        return key.ExportPkcs8PrivateKeyPem();
    }

    private async Task<string> AssertTakenAsync(TlsServer server, string version, string[] client, string session)
    {
        var output = await ConnectAsync(server, version, client, session);
        var handshake = await server.NextAsync();
        Assert.Equal((TlsFailure.None, ""), (handshake.Failure, handshake.Detail));
        Assert.Contains("you are spiffe://prod/web", output, StringComparison.Ordinal);
        return output;
    }

    private async Task AssertRefusedAsync(TlsServer server, string version, string[] client, TlsFailure failure)
    {
        var output = await ConnectAsync(server, version, client, "-sess_in");
        Assert.DoesNotContain("you are", output, StringComparison.Ordinal);
        Assert.Equal(failure, (await server.NextAsync()).Failure);
    }

    private async Task<string> ConnectAsync(TlsServer server, string version, string[] client, string session)
    {
        await using var program = ChildProgram.Start("openssl", ["s_client", "-connect", server.Address.ToString(), "-servername", "api", version, session, SessionFile, "-ign_eof", .. client]);
        await program.EndedAsync(Eventually.Limit);
        await program.FinishAsync();
        return program.Output;
    }
}

/// <summary>By themselves: with every 32nd new certificate in the process the library forgets the sessions of those that have no connection open at that moment, and begins anew.</summary>
[CollectionDefinition(nameof(ResumptionTests), DisableParallelization = true)]
public sealed class ResumptionTestsRunAlone;
