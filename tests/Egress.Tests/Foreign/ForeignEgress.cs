using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Zoneway.TestUtilities;

namespace Zoneway.Egress.Tests.Foreign;

/// <summary>zone-egress as a process of its own on one of the data paths, and what its clients need: certificates in memory and as PEM files.</summary>
public sealed class ForeignEgress : IAsyncDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("zoneway-foreign-");
    private readonly TestCertificates _authority = new("mesh authority");
    private readonly List<X509Certificate2> _issued = [];
    private ChildProgram? _program;

    private ForeignEgress()
    {
        AuthorityFile = FileNamed("authority.pem");
        File.WriteAllText(AuthorityFile, _authority.Authority.ExportCertificatePem());
        Client = Issued(_authority.Issue("spiffe://default/web"));
        (CertificateFile, KeyFile) = Write(Client, "client");
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address { get; private set; } = new(IPAddress.Loopback, 0);

    /// <summary>Where it listens, as <c>127.0.0.1:port</c>.</summary>
    public string Authority => Address.ToString();

    /// <summary>The certificate of a client that may connect.</summary>
    public X509Certificate2 Client { get; }

    /// <summary>The mesh's authority, as PEM.</summary>
    public string AuthorityFile { get; }

    /// <summary>The client's certificate, as PEM.</summary>
    public string CertificateFile { get; }

    /// <summary>The client's key, as PEM.</summary>
    public string KeyFile { get; }

    /// <summary>What the program has written.</summary>
    public string Output => _program!.Output;

    /// <summary>The memory that the program holds, in bytes.</summary>
    public long ResidentBytes => Memory("VmRSS:");

    /// <summary>The most memory that the program ever held, in bytes.</summary>
    public long PeakBytes => Memory("VmHWM:");

    /// <summary>Starts it and waits until it is ready.</summary>
    /// <param name="path">The data path: portable or engine.</param>
    /// <param name="add">Adds the services.</param>
    internal static async Task<ForeignEgress> StartAsync(string path, Action<EgressXds> add)
    {
        var egress = new ForeignEgress();
        try
        {
            await egress.RunAsync(path, add);
            return egress;
        }
        catch
        {
            await egress.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends it in order, after which its output is complete.</summary>
    public async Task StopAsync()
    {
        await _program!.TerminateAsync();
        Assert.Equal(0, await _program.ExitCodeAsync());
    }

    /// <summary>Path of a file that goes with the test.</summary>
    public string FileNamed(string name) => Path.Combine(_directory.FullName, name);

    /// <summary>Issues a certificate under the mesh's authority and writes it to files.</summary>
    public (string CertificateFile, string KeyFile) IssueToFiles(string name, TimeSpan from, TimeSpan until, params string[] names)
    {
        var now = TimeProvider.System.GetUtcNow();
        return Write(Issued(_authority.Issue(now + from, now + until, names)), name);
    }

    /// <summary>Issues a certificate that is valid now, under an authority that the mesh does not know, and writes it to files.</summary>
    public (string CertificateFile, string KeyFile) IssueByStranger(string name, params string[] names)
    {
        using var stranger = new TestCertificates("mesh authority");
        return Write(Issued(stranger.Issue(names)), name);
    }

    public async ValueTask DisposeAsync()
    {
        if (_program is not null)
        {
            await _program.DisposeAsync();
        }

        _issued.ForEach(certificate => certificate.Dispose());
        _authority.Dispose();
        _directory.Delete(recursive: true);
    }

    private async Task RunAsync(string path, Action<EgressXds> add)
    {
        var certificate = Issued(_authority.Issue("spiffe://default/zone-egress", "egress.test"));
        var xds = new EgressXds(certificate.ExportCertificatePem(), KeyOf(certificate), _authority.Authority.ExportCertificatePem());
        add(xds);
        await File.WriteAllTextAsync(FileNamed("xds.yaml"), xds.ToString());
        _program = ChildProgram.Start(
            new Dictionary<string, string> { ["ZONEWAY_DATA_PATH"] = path },
            "run", "--xds-file", FileNamed("xds.yaml"), "--admin-port", "0", "--readiness-port", "0", "--name", "ze-1", "--log-level", "debug");
        Address = await _program.AcceptsAsync();
        await Eventually.TrueAsync(() => Output.Contains(" applied: ", StringComparison.Ordinal));
        Assert.Contains("0 errors", Output, StringComparison.Ordinal);
    }

    private long Memory(string name) => 1024 * File.ReadLines($"/proc/{_program!.Id}/status").Where(line => line.StartsWith(name, StringComparison.Ordinal))
        .Select(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture)).First();

    private X509Certificate2 Issued(X509Certificate2 certificate)
    {
        _issued.Add(certificate);
        return certificate;
    }

    private (string CertificateFile, string KeyFile) Write(X509Certificate2 certificate, string name)
    {
        File.WriteAllText(FileNamed(name + ".pem"), certificate.ExportCertificatePem());
        File.WriteAllText(FileNamed(name + ".key"), KeyOf(certificate));
        return (FileNamed(name + ".pem"), FileNamed(name + ".key"));
    }

    private static string KeyOf(X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey()!;
        return key.ExportPkcs8PrivateKeyPem();
    }
}
