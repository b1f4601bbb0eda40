using System.Net;
using System.Security.Cryptography.X509Certificates;
using Zoneway.ZoneControlPlane.Ads;
using Zoneway.ZoneControlPlane.Certificates;
using Zoneway.ZoneControlPlane.Resources;

namespace Zoneway.ZoneControlPlane;

/// <summary>What a control plane is started with.</summary>
internal sealed record ZoneControlPlaneOptions
{
    /// <summary>Zone whose proxies are served.</summary>
    public required string Zone { get; init; }

    /// <summary>Directory of the resource files.</summary>
    public required string ResourceFolder { get; init; }

    /// <summary>Address of the one port for bootstrap and xDS; port 0 takes a free one. Default 127.0.0.1:5678.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 5678);

    /// <summary>Certificate with key for TLS; null serves HTTP/1.1 and HTTP/2 in the clear.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Certificates between <see cref="Certificate"/> and its root, sent along with it; null for none.</summary>
    public X509Certificate2Collection? CertificateChain { get; init; }

    /// <summary>Keys that sign zone tokens, as PEM; empty when tokens are not checked. Any of them will do. Default empty.</summary>
    public IReadOnlyList<string> ZoneTokenKeys { get; init; } = [];

    /// <summary>Folder of the mesh CAs; null means <c>.ca</c> in <see cref="ResourceFolder"/>.</summary>
    public string? CaFolder { get; init; }

    /// <summary>Lifetime of the egress's certificates, which are renewed after two thirds of it. Default 24 h. Must be positive.</summary>
    public TimeSpan CertificateLifetime { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Behaviour of the ADS server.</summary>
    public AdsOptions Ads { get; init; } = new();

    /// <summary>When the directory is read again.</summary>
    public ResourceDirectoryTiming DirectoryTiming { get; init; } = ResourceDirectoryTiming.Default;

    /// <summary>Time between two looks at the name service for the same host. Default 5 s.</summary>
    public TimeSpan HostRefreshInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Asks the name service; null means the system's resolver.</summary>
    public Catalog.HostLookup? HostLookup { get; init; }

    /// <summary>The folder of the mesh CAs.</summary>
    public string EffectiveCaFolder => CaFolder ?? CertificateAuthorityStore.DefaultFolder(ResourceFolder);
}
