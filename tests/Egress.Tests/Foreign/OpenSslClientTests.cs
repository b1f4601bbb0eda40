using Zoneway.TestUtilities;
using ForeignProgram = Zoneway.TestUtilities.ChildProgram;

namespace Zoneway.Egress.Tests.Foreign;

/// <summary>OpenSSL's command line as the client: versions, resumption, renegotiation, and who is refused.</summary>
public abstract class OpenSslClientTests(SharedEgress shared)
{
    private const string Request = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string Answer = "GET /hello HTTP/1.1";

    public static TheoryData<string, string> Refused => new()
    {
        { "none", "-tls1_2" }, { "none", "-tls1_3" },
        { "stranger", "-tls1_2" }, { "stranger", "-tls1_3" },
        { "expired", "-tls1_2" }, { "expired", "-tls1_3" },
        { "early", "-tls1_2" }, { "early", "-tls1_3" },
        { "othermesh", "-tls1_2" }, { "othermesh", "-tls1_3" },
        { "dnsonly", "-tls1_2" }, { "dnsonly", "-tls1_3" },
    };

    [ProgramTheory("openssl", "openssl")]
    [InlineData("-tls1_2", "TLSv1.2")]
    [InlineData("-tls1_3", "TLSv1.3")]
    public async Task MutualTls_IsAnswered(string option, string version)
    {
        await using var client = Start(SharedEgress.Served, [option, .. Own()]);

        await client.WriteLineAsync(Request);

        await client.ExpectAsync(Answer);
        Assert.Contains(version, client.Output, StringComparison.Ordinal);
        Assert.Contains("Verify return code: 0 (ok)", client.Output, StringComparison.Ordinal);
    }

    [ProgramTheory("openssl", "openssl")]
    [InlineData("-tls1_3", SharedEgress.ServedTls12)]
    [InlineData("-tls1_2", SharedEgress.ServedTls13)]
    [InlineData("-tls1_1", SharedEgress.Served)]
    public Task VersionOutOfRange_IsRefused(string option, string serverName) => AssertRefusedAsync(serverName, [option, "-cipher", "ALL:@SECLEVEL=0", .. Own()]);

    [ProgramTheory("openssl", "openssl")]
    [MemberData(nameof(Refused))]
    public Task Certificate_ThatProvesNothing_IsRefused(string certificate, string option) => AssertRefusedAsync(SharedEgress.Served, [option, .. CertificateNamed(certificate)]);

    [ProgramFact("openssl", "openssl")]
    public Task UnknownServerName_IsRefused() => AssertRefusedAsync("nobody.test", Own());

    [ProgramTheory("openssl", "openssl")]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task Resumption_TheSameClient_IsAnsweredAgain(string option)
    {
        var session = shared.Egress.FileNamed("same" + option + ".session");
        await using (var first = Start(SharedEgress.Served, [option, "-sess_out", session, .. Own()]))
        {
            await first.WriteLineAsync(Request);
            await first.ExpectAsync(Answer);
            Assert.Contains("New, ", first.Output, StringComparison.Ordinal);
            await first.FinishAsync();
        }

        await using var second = Start(SharedEgress.Served, [option, "-sess_in", session, .. Own()]);
        await second.WriteLineAsync(Request);

        await second.ExpectAsync(Answer);
        await second.FinishAsync();
    }

    [ProgramTheory("openssl", "openssl")]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task Resumption_WhereTheClientIsNotTrusted_IsRefused(string option)
    {
        var session = shared.Egress.FileNamed("other" + option + ".session");
        await using (var first = Start(SharedEgress.Served, [option, "-sess_out", session, .. Own()]))
        {
            await first.WriteLineAsync(Request);
            await first.ExpectAsync(Answer);
            await first.FinishAsync();
        }

        await AssertRefusedAsync(SharedEgress.ServedToOthers, [option, "-sess_in", session, .. Own()]);
    }

    [ProgramFact("openssl", "openssl")]
    public async Task Renegotiation_IsRefused()
    {
        await using var client = ForeignProgram.Start("openssl", [.. Common(SharedEgress.Served), "-tls1_2", .. Own()]);
        await client.ExpectAsync("Verify return code: 0 (ok)");

        // A line with R alone asks for it.
        await client.WriteLineAsync("R");
        await client.ExpectAsync("RENEGOTIATING");

        // A reset, or the alert that says so.
        await Eventually.TrueAsync(() => client.Output.Contains("errno=", StringComparison.Ordinal) || client.Output.Contains("no renegotiation", StringComparison.OrdinalIgnoreCase));
    }

    private async Task AssertRefusedAsync(string serverName, IEnumerable<string> options)
    {
        // Its end is the egress's doing: otherwise it would wait for more.
        await using var client = Start(serverName, ["-ign_eof", .. options]);
        try
        {
            await client.WriteLineAsync(Request);
            await client.FinishAsync();
        }
        catch (IOException)
        {
            // It has ended already.
        }

        Assert.DoesNotContain("HTTP/1.1 200", client.Output, StringComparison.Ordinal);
    }

    private string[] Own() => ["-cert", shared.Egress.CertificateFile, "-key", shared.Egress.KeyFile];

    private string[] CertificateNamed(string name)
    {
        if (name == "none")
        {
            return [];
        }

        var hour = TimeSpan.FromHours(1);
        var (certificate, key) = name switch
        {
            "expired" => shared.Egress.IssueToFiles(name, -hour / 2, -hour / 4, "spiffe://default/web"),
            "early" => shared.Egress.IssueToFiles(name, hour, 2 * hour, "spiffe://default/web"),
            "othermesh" => shared.Egress.IssueToFiles(name, -hour / 2, hour, "spiffe://other/web"),
            "dnsonly" => shared.Egress.IssueToFiles(name, -hour / 2, hour, "spiffe.default.web"),
            _ => shared.Egress.IssueByStranger(name, "spiffe://default/web"),
        };
        return ["-cert", certificate, "-key", key];
    }

    private ForeignProgram Start(string serverName, IEnumerable<string> options) => ForeignProgram.Start("openssl", [.. Common(serverName), "-nocommands", .. options]);

    private string[] Common(string serverName) =>
        ["s_client", "-connect", shared.Egress.Authority, "-servername", serverName, "-CAfile", shared.Egress.AuthorityFile, "-verify_return_error"];
}

public sealed class PortableOpenSslClientTests(PortableEgress egress) : OpenSslClientTests(egress), IClassFixture<PortableEgress>;

public sealed class EngineOpenSslClientTests(EngineEgress egress) : OpenSslClientTests(egress), IClassFixture<EngineEgress>;
