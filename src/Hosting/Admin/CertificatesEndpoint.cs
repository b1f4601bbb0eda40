using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Zoneway.MutualTls;
using Zoneway.SniRouter.Routing;
using Zoneway.Termination;
using Zoneway.Xds.Admin;

namespace Zoneway.Hosting.Admin;

/// <summary><c>/certs</c>: the certificates that listeners show and trust, as envoy.admin.v3.Certificates. Secrets count as they are now; chains that pass TLS through have none.</summary>
internal static class CertificatesEndpoint
{
    /// <summary>Maps the path.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes.MapMethods("/certs", AdminAnswer.Reading, AnswerAsync);

    private static Task AnswerAsync(HttpContext context)
    {
        var routes = context.RequestServices.GetRequiredService<RouteTable>().Current;
        var now = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        var secrets = context.RequestServices.GetRequiredService<SecretStore>();
        var terminated = routes.Listeners.Values.SelectMany(listener => listener.FilterChains).Select(chain => chain.Action).OfType<TerminatedChainConfig>()
            .Select(chain => chain.Tls?.Context).OfType<TlsContextConfig>()
            .Select(tls => (object)new { ca_cert = Describe(TrustOf(tls, secrets), now), cert_chain = Describe(CertificateOf(tls, secrets), now) });
        var certificates = routes.Listeners.Values.SelectMany(listener => listener.FilterChains).Select(chain => chain.Action).OfType<AdminChainConfig>()
            .Select(chain => chain.Tls).OfType<AdminTlsConfig>()
            .Select(tls => (object)new { ca_cert = Describe(tls.TrustedCa, now), cert_chain = Describe(tls.CertificateChain, now) }).Concat(terminated);
        return AdminAnswer.JsonAsync(context, new { certificates });
    }

    private static string CertificateOf(TlsContextConfig tls, SecretStore secrets) =>
        tls.CertificateSecrets is [var name, ..] ? secrets.Find(name)?.Certificate?.Leaf.ExportCertificatePem() ?? "" : tls.Certificates is [var inline, ..] ? inline.CertificateChain : "";

    private static string TrustOf(TlsContextConfig tls, SecretStore secrets)
    {
        var trust = tls.ValidationSecret.Length > 0 ? secrets.Find(tls.ValidationSecret)?.Validation : tls.Validation;
        return trust is null ? "" : string.Concat(trust.TrustDomains.Select(domain => domain.TrustBundle).Prepend(trust.TrustedCa));
    }

    private static List<object> Describe(string pem, DateTimeOffset now)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(pem);
        }
        catch (CryptographicException)
        {
            // It cannot be used, which chains that need it say for themselves.
        }

        return certificates.ConvertAllTo(certificate => new
        {
            path = "<inline>",
            serial_number = certificate.SerialNumber.ToLowerInvariant(),
            subject_alt_names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
                .SelectMany(names => names.EnumerateDnsNames().Select(name => (object)new { dns = name }).Concat(names.EnumerateIPAddresses().Select(address => new { ip_address = address.ToString() }))),
            days_until_expiration = Math.Max(0, (int)(certificate.NotAfter.ToUniversalTime() - now.UtcDateTime).TotalDays).ToString(CultureInfo.InvariantCulture),
            valid_from = Time(certificate.NotBefore),
            expiration_time = Time(certificate.NotAfter),
        });
    }

    private static List<object> ConvertAllTo(this X509Certificate2Collection certificates, Func<X509Certificate2, object> describe)
    {
        var described = new List<object>();
        foreach (var certificate in certificates)
        {
            using (certificate)
            {
                described.Add(System.Text.Json.JsonSerializer.SerializeToNode(describe(certificate))!);
            }
        }

        return described;
    }

    private static string Time(DateTime time) => time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
