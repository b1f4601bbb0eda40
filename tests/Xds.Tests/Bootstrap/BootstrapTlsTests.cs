using Microsoft.Extensions.Logging.Abstractions;
using Zoneway.TestUtilities;
using Zoneway.TestUtilities.Bootstrap;
using Zoneway.Xds.Bootstrap;

namespace Zoneway.Xds.Tests.Bootstrap;

public sealed class BootstrapTlsTests : IDisposable
{
    private readonly TestCertificates _authority = new();
    private readonly TestCertificates _otherAuthority = new("another authority");

    public void Dispose()
    {
        _authority.Dispose();
        _otherAuthority.Dispose();
    }

    [Fact]
    public async Task FetchAsync_CertificateOfTrustedAuthority_IsAccepted() =>
        Assert.NotNull((await FetchAsync("127.0.0.1", _authority.Authority.ExportCertificatePem())).Document);

    [Fact]
    public async Task FetchAsync_ServerCertificateItselfIsTrusted_IsAccepted()
    {
        using var certificate = _authority.Issue("127.0.0.1");

        Assert.NotNull((await FetchAsync(certificate, certificate.ExportCertificatePem(), skipVerify: false)).Document);
    }

    [Fact]
    public async Task FetchAsync_CertificateOfAnotherAuthority_IsRefusedWithAdvice()
    {
        var result = await FetchAsync("127.0.0.1", _otherAuthority.Authority.ExportCertificatePem());

        Assert.Contains("--ca-cert-file", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FetchAsync_CertificateOfAnotherHost_IsRefused() =>
        Assert.Null((await FetchAsync("cp.example", _authority.Authority.ExportCertificatePem())).Document);

    [Fact]
    public async Task FetchAsync_UnknownAuthorityAndNoneGiven_IsRefused() => Assert.Null((await FetchAsync("127.0.0.1", trustedCa: null)).Document);

    [Fact]
    public async Task FetchAsync_SkipVerify_AcceptsAnything() =>
        Assert.NotNull((await FetchAsync("cp.example", _otherAuthority.Authority.ExportCertificatePem(), skipVerify: true)).Document);

    private async Task<BootstrapResult> FetchAsync(string name, string? trustedCa, bool skipVerify = false)
    {
        using var certificate = _authority.Issue(name);
        return await FetchAsync(certificate, trustedCa, skipVerify);
    }

    private static async Task<BootstrapResult> FetchAsync(
        System.Security.Cryptography.X509Certificates.X509Certificate2 certificate, string? trustedCa, bool skipVerify)
    {
        await using var server = await FakeBootstrapServer.StartAsync(certificate);
        server.AnswersWith(SampleBootstraps.Plain);
        var options = new BootstrapClientOptions
        {
            ControlPlane = new UriBuilder(server.Address) { Scheme = "https" }.Uri,
            TrustedCa = trustedCa,
            SkipVerify = skipVerify,
            RetryMaxDuration = TimeSpan.Zero,
        };
        using var client = new BootstrapClient(options, TimeProvider.System, NullLogger<BootstrapClient>.Instance);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        return await client.FetchAsync(SampleBootstraps.Request, limit.Token);
    }
}
