using System.Net;
using System.Security.Cryptography.X509Certificates;
using Zoneway.Hosting.Settings;
using Zoneway.SniRouter;
using Zoneway.TestUtilities;
using Zoneway.TestUtilities.Kuma;
using Zoneway.Xds.Bootstrap;

namespace Zoneway.Ingress.Tests.EndToEnd;

/// <summary>A zone: a control plane with kuma-cp's habits, the proxy that follows it, and workloads with their authority.</summary>
internal sealed class KumaZone : IAsyncDisposable
{
    /// <summary>Longest wait; CP time passes a hundred times faster meanwhile.</summary>
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(60);

    private readonly TestCertificates _authority = new();
    private readonly X509Certificate2 _clientCertificate;
    private readonly List<TlsBackend> _backends = [];
    private RunningProxy? _proxy;

    private KumaZone() => _clientCertificate = _authority.Issue("spiffe://default/client");

    public KumaControlPlane ControlPlane { get; private set; } = null!;

    public RunningProxy Proxy => _proxy!;

    /// <summary>Where the ingress accepts.</summary>
    public IPEndPoint Listener => Proxy.Bound(KumaIngressGenerator.Listener)!;

    /// <summary>Starts a control plane that gives nothing yet.</summary>
    public static async Task<KumaZone> StartAsync(KumaOptions? options = null)
    {
        var zone = new KumaZone();
        zone.ControlPlane = await KumaControlPlane.StartAsync(zone._authority, options);
        return zone;
    }

    /// <summary>Starts the control plane and the proxy, and waits until it serves these services.</summary>
    public static async Task<KumaZone> ServeAsync(bool delta, DataPath dataPath, KumaOptions? options, params IReadOnlyCollection<string> services)
    {
        var zone = await StartAsync(options);
        zone.ControlPlane.Serve(KumaIngressGenerator.Generate([.. services.Select(zone.Service)]));
        zone.StartProxy(delta, dataPath);
        await zone.UntilReadyAsync();
        return zone;
    }

    /// <summary>A service with a workload of its own.</summary>
    public KumaService Service(string name) => new(name, Backend(name));

    /// <summary>A workload; it tells this name.</summary>
    public int Backend(string name)
    {
        _backends.Add(new TlsBackend(name, _authority));
        return _backends[^1].Port;
    }

    public void StartProxy(bool delta, DataPath dataPath = DataPath.Auto, string? tokenFile = null, bool hasResource = true, ProxyType type = ProxyType.Ingress) => _proxy = new RunningProxy(new ProxySettings
    {
        ProxyType = type,
        Name = "zi-1",
        Mesh = type == ProxyType.Dataplane ? KumaService.Mesh : null,
        DrainTime = TimeLimit,
        Limits = new SniRouterOptions { DataPath = dataPath },
        ControlPlane = new ControlPlaneSettings
        {
            Address = ControlPlane.Address,
            TrustedCa = ControlPlane.TrustedCa,
            TokenFile = tokenFile,
            Resource = hasResource ? Resource(type) : null,
            PrefersDelta = delta,
            RetryBackoff = TimeSpan.FromMilliseconds(50),
        },
    });

    /// <summary>The control plane goes away.</summary>
    public ValueTask StopControlPlaneAsync() => ControlPlane.DisposeAsync();

    /// <summary>Another one comes in its place, at the same address.</summary>
    public async Task RestartControlPlaneAsync(KumaResources resources)
    {
        var port = ControlPlane.Address.Port;
        await StopControlPlaneAsync();
        await RunningProxy.UntilAsync(() => TryStartControlPlaneAsync(port), "the port of the control plane is free");
        ControlPlane.Serve(resources);
    }

    /// <summary>The name that the workload behind a service tells; null when it cannot be reached.</summary>
    public async Task<string?> ReachAsync(string service)
    {
        await using var client = new TlsClient(_authority);
        try
        {
            return await client.ConnectAsync(Listener, new KumaService(service).ServerName, _clientCertificate);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>A connection that stays open.</summary>
    public async Task<TlsClient> HoldAsync(string service)
    {
        var client = new TlsClient(_authority);
        await client.ConnectAsync(Listener, new KumaService(service).ServerName, _clientCertificate);
        return client;
    }

    public Task UntilReadyAsync() => UntilAsync(async () => (await Proxy.GetAsync("/ready")).Text == "READY", "the proxy is ready");

    public Task UntilReachedAsync(string service, string? backend) => UntilAsync(async () => await ReachAsync(service) == backend, $"{service} leads to {backend ?? "nothing"}");

    /// <summary>Lets the control plane tick until a condition holds.</summary>
    public async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        using var limit = new CancellationTokenSource(TimeLimit);
        while (!await condition())
        {
            Assert.False(limit.IsCancellationRequested, $"Not within {TimeLimit}: {what}. Refusals: {string.Join("; ", ControlPlane.Traffic.Refusals)}");
            ControlPlane.Tick();
            // Between two looks only: what ends the wait is the condition.
            await Task.Delay(10, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_proxy is not null)
        {
            await _proxy.DisposeAsync();
        }

        await ControlPlane.DisposeAsync();
        foreach (var backend in _backends)
        {
            await backend.DisposeAsync();
        }

        _clientCertificate.Dispose();
        _authority.Dispose();
    }

    // A connection of another test may have the port for a moment.
    private async Task<bool> TryStartControlPlaneAsync(int port)
    {
        try
        {
            ControlPlane = await KumaControlPlane.StartAsync(_authority, new KumaOptions { Port = port });
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static ProxyResource Resource(ProxyType type)
    {
        var text = type switch
        {
            ProxyType.Egress => "{type: ZoneEgress, name: zi-1, networking: {address: 127.0.0.1, port: 10002}}",
            ProxyType.Dataplane => "{type: Dataplane, name: zi-1, mesh: default, networking: {address: 127.0.0.1, listeners: [{type: ZoneIngress, name: in, address: 127.0.0.1, port: 10001}]}}",
            _ => "{type: ZoneIngress, name: zi-1, networking: {address: 127.0.0.1, port: 10001, advertisedAddress: 127.0.0.1, advertisedPort: 10001}}",
        };
        return ProxyResource.TryParse(text, out var resource, out var error) ? resource : throw new InvalidOperationException(error);
    }
}
