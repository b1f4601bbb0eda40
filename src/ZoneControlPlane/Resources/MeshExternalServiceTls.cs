using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Zoneway.ZoneControlPlane.Resources;

/// <summary>Reads <c>MeshExternalService.spec.tls</c>. Protocol §5.6, right column.</summary>
internal static class MeshExternalServiceTls
{
    private static readonly FrozenDictionary<string, TlsVersion> Versions = new Dictionary<string, TlsVersion>(StringComparer.Ordinal)
    {
        ["TLSAuto"] = TlsVersion.Auto,
        ["TLS10"] = TlsVersion.Tls10,
        ["TLS11"] = TlsVersion.Tls11,
        ["TLS12"] = TlsVersion.Tls12,
        ["TLS13"] = TlsVersion.Tls13,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, (bool Ca, bool Name)> Modes = new Dictionary<string, (bool, bool)>(StringComparer.Ordinal)
    {
        ["Secured"] = (true, true),
        ["SkipSAN"] = (true, false),
        ["SkipCA"] = (false, true),
        ["SkipAll"] = (false, false),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, bool> NameKinds =
        new Dictionary<string, bool>(StringComparer.Ordinal) { ["Exact"] = false, ["Prefix"] = true }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The settings; null when TLS is not enabled.</summary>
    public static UpstreamTls? Read(ResourceFields tls)
    {
        var isEnabled = tls.Flag("enabled") ?? false;
        var allowsRenegotiation = tls.Flag("allowRenegotiation") ?? false;
        var versions = tls.Child("version") is { } version ? ReadVersions(version) : null;
        var verification = tls.Child("verification");
        var mode = verification?.Word("mode", Modes) ?? (Ca: true, Name: true);
        var result = new UpstreamTls
        {
            ServerName = verification?.Host("serverName"),
            AllowsRenegotiation = allowsRenegotiation,
            CaCertificate = verification is null ? null : DataSourceReader.Read(verification, "caCert"),
            FallsBackToSystemCa = true,
            ClientCertificate = verification is null ? null : DataSourceReader.Read(verification, "clientCert"),
            ClientKey = verification is null ? null : DataSourceReader.Read(verification, "clientKey"),
            VerifiesCa = mode.Ca,
            VerifiesName = mode.Name,
            AcceptedNames = verification is null ? [] : ReadNames(verification),
            Versions = versions,
        };
        if (verification is not null)
        {
            KeyMaterial.Check(verification, result);
            verification.ReportRest();
        }

        tls.ReportRest();
        return isEnabled ? result : null;
    }

    private static TlsVersionRange ReadVersions(ResourceFields version)
    {
        var range = new TlsVersionRange(version.Word("min", Versions) ?? TlsVersion.Auto, version.Word("max", Versions) ?? TlsVersion.Auto);
        if (range.Maximum != TlsVersion.Auto && range.Minimum > range.Maximum)
        {
            version.Error("tls.version.min is above tls.version.max");
        }

        if (range.Maximum is TlsVersion.Tls10 or TlsVersion.Tls11)
        {
            version.Error("tls.version.max is below TLS12, the lowest version that the egress speaks");
        }

        version.ReportRest();
        return range;
    }

    private static ImmutableArray<AcceptedName> ReadNames(ResourceFields verification)
    {
        var names = ImmutableArray.CreateBuilder<AcceptedName>();
        foreach (var name in verification.Children("subjectAltNames") ?? [])
        {
            var isPrefix = name.Word("type", NameKinds) ?? false;
            names.Add(new AcceptedName(name.RequiredText("value"), isPrefix));
            name.ReportRest();
        }

        return names.ToImmutable();
    }
}
