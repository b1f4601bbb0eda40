using System.Collections.Immutable;
using Zoneway.ZoneControlPlane.Catalog;
using Zoneway.ZoneControlPlane.Certificates;
using Zoneway.ZoneControlPlane.Resources;

namespace Zoneway.ZoneControlPlane.Tests.Support;

/// <summary>Resource texts and what is made of them.</summary>
internal static class SampleResources
{
    private static readonly Lazy<MeshIdentity> Identity = new(CreateIdentity);

    public static string Mesh(string name, bool mtls = true, bool zoneEgress = true) => $$"""
        type: Mesh
        name: {{name}}
        {{(mtls ? "mtls: {enabledBackend: ca-1, backends: [{name: ca-1, type: builtin}]}" : "")}}
        routing: {zoneEgress: {{(zoneEgress ? "true" : "false")}}}
        ---

        """;

    public static string Ingress(string name, string zone, string advertised, int advertisedPort = 10001, string services = "") => $$"""
        type: ZoneIngress
        name: {{name}}
        zone: {{zone}}
        networking: {address: 10.0.0.1, port: 10001, advertisedAddress: {{advertised}}, advertisedPort: {{advertisedPort}}}
        {{services}}
        ---

        """;

    public static string Egress(string name, string zone) => $$"""
        type: ZoneEgress
        name: {{name}}
        zone: {{zone}}
        networking: {address: 192.168.0.1, port: 10002}
        ---

        """;

    public static string Dataplane(string name, string zone, string mesh, string service, string address = "192.168.0.1", int port = 8080, string tags = "") => $"""
        type: Dataplane
        mesh: {mesh}
        name: {name}
        labels:
          kuma.io/zone: {zone}
        networking:
          address: {address}
          inbound:
          - port: {port}
            tags:
              kuma.io/service: {service}
              {tags}
        ---

        """;

    /// <summary>Reads resources that must be good.</summary>
    public static ResourceSet Set(string yaml)
    {
        var content = ResourceReader.Read(yaml);
        Assert.False(content.Findings.HasErrors, string.Join("; ", content.Findings.Problems));
        return ResourceSet.Of([("test.yaml", content.Resources)], out _);
    }

    /// <summary>The catalog of a zone over resources.</summary>
    public static ZoneCatalog Catalog(string zone, string yaml, params (string Host, string Address)[] hosts)
    {
        var resources = Set(yaml);
        return new ZoneCatalog(
            zone,
            resources,
            new ZoneWorkloads(resources, zone),
            ImmutableDictionary<ResourceKey, Resource>.Empty,
            hosts.ToImmutableDictionary(static host => host.Host, static host => host.Address, StringComparer.Ordinal))
        {
            Identities = resources.Meshes.Values.Where(static mesh => mesh.HasBuiltinCa).ToImmutableDictionary(static mesh => mesh.Name, static _ => Identity.Value, StringComparer.Ordinal),
        };
    }

    /// <summary>A certificate with its key, in the forms that resources take: base64 of PEM.</summary>
    public static (string Certificate, string Key) KeyPair()
    {
        var identity = Identity.Value;
        return (ToBase64(identity.CertificatePem), ToBase64(identity.KeyPem));
    }

    private static string ToBase64(string pem) => Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(pem));

    private static MeshIdentity CreateIdentity()
    {
        var now = TimeProvider.System.GetUtcNow();
        using var authority = MeshCertificateAuthority.Create("any", now);
        using var certificate = authority.Issue("zone-egress", TagSet.Empty, TimeSpan.FromHours(1), now);
        return new MeshIdentity(new IssuedCertificate(certificate, authority, now), authority.TrustedPem);
    }
}
