using Zoneway.TestUtilities;

namespace Zoneway.Egress.Tests.Foreign;

/// <summary>An egress and the external services behind it, shared by the tests of a class.</summary>
/// <param name="path">The data path.</param>
public abstract class SharedEgress(string path) : IAsyncLifetime
{
    /// <summary>SNI of the service that keeps every byte it gets. As Kuma's chains, this one offers no ALPN.</summary>
    public const string Recorded = "recorded.test";

    /// <summary>SNI of the service that answers, over HTTP/1.1.</summary>
    public const string Served = "served.test";

    /// <summary>The same service, for clients that insist on ALPN.</summary>
    public const string ServedAlpn = "alpn.test";

    /// <summary>The same service, with TLS 1.2 at most.</summary>
    public const string ServedTls12 = "tls12.test";

    /// <summary>The same service, with TLS 1.3 at least.</summary>
    public const string ServedTls13 = "tls13.test";

    /// <summary>The same service, for clients of another authority.</summary>
    public const string ServedToOthers = "others.test";

    /// <summary>The program.</summary>
    public ForeignEgress Egress { get; private set; } = null!;

    internal RecordingUpstream Recorder { get; } = new();

    internal HttpUpstream Service { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        using var others = new TestCertificates("another authority");
        Service = await HttpUpstream.StartAsync();
        Egress = await ForeignEgress.StartAsync(path, xds =>
        {
            xds.AddHttp(Recorded, Recorder.Port);
            xds.AddHttp(Served, Service.Port);
            xds.AddHttp(ServedAlpn, Service.Port, alpn: "h2, http/1.1");
            xds.AddHttp(ServedTls12, Service.Port, tlsParameters: "tlsMaximumProtocolVersion: TLSv1_2");
            xds.AddHttp(ServedTls13, Service.Port, tlsParameters: "tlsMinimumProtocolVersion: TLSv1_3");
            xds.AddHttp(ServedToOthers, Service.Port, authority: others.Authority.ExportCertificatePem());
        });
    }

    public async Task DisposeAsync()
    {
        if (Egress is not null)
        {
            await Egress.DisposeAsync();
        }

        if (Service is not null)
        {
            await Service.DisposeAsync();
        }

        Recorder.Dispose();
    }
}

public sealed class PortableEgress() : SharedEgress("portable");

public sealed class EngineEgress() : SharedEgress("engine");
