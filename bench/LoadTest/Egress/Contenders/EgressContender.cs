using Zoneway.LoadTest.Contenders;

namespace Zoneway.LoadTest.Egress.Contenders;

/// <summary>A proxy that serves every <see cref="EgressService"/>.</summary>
internal abstract class EgressContender : Contender
{
    /// <summary>Writes the configuration and says how to start the proxy in the foreground.</summary>
    public abstract ProgramStart Prepare(EgressSetup setup);

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">Always: it does not pass TLS through.</exception>
    public sealed override ProgramStart Prepare(ContenderSetup setup) => throw new NotSupportedException($"{Name} takes part in egress cases only.");
}

/// <summary>What a contender has to serve.</summary>
/// <param name="Ports">Loopback port of each service, by its name.</param>
/// <param name="Backends">Loopback port of the back end of each service, by its name.</param>
/// <param name="Certificates">Directory of the <see cref="BenchCertificates"/>.</param>
/// <param name="Directory">Where its files go.</param>
/// <param name="DescriptorLimit">File descriptors that its process may have.</param>
internal sealed record EgressSetup(
    IReadOnlyDictionary<string, int> Ports, IReadOnlyDictionary<string, int> Backends, string Certificates, string Directory, int DescriptorLimit)
{
    /// <summary>Connections that a proxy of one process can have, which needs two descriptors for each.</summary>
    public int MaxConnections => Math.Min((DescriptorLimit - 600) / 2, 20_000);

    public int Port(EgressService service) => Ports[service.Name];

    public int Backend(EgressService service) => Backends[service.Name];

    public BenchCertificates CertificatesOf(EgressService service) => BenchCertificates.Of(Certificates, service.Key);

    /// <summary>The authority of the back ends.</summary>
    public string BackendAuthority => BenchCertificates.Of(Certificates, KeyKind.Ecdsa).Authority;

    /// <summary>Writes a file.</summary>
    /// <returns>Its path.</returns>
    public string Write(string name, string text)
    {
        var path = Path.Combine(Directory, name);
        File.WriteAllText(path, text);
        return path;
    }
}
