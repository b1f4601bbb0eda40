using System.Collections.Concurrent;
using System.Net;
using Zoneway.TwoZones.Client;
using Zoneway.TwoZones.External;
using Zoneway.TwoZones.Processes;
using Zoneway.TwoZones.Tls;

namespace Zoneway.TwoZones.Zones;

/// <summary>The three zones on this machine: control planes, an egress in west, ingresses in east and north, and the back ends behind them.</summary>
internal sealed class Installation : IAsyncDisposable
{
    public const string West = "west";
    public const string East = "east";
    public const string North = "north";

    // Long enough to see that a draining ingress lets connections live, short enough to wait for.
    private const string DrainTime = "3s";

    // Short, so that a run sees the egress's certificate replaced: after two thirds of it.
    private const string CertificateLifetime = "24s";

    private readonly InstallationPorts _ports = new();
    private readonly Readiness _readiness;
    private readonly ChildProcesses _children;
    private readonly ResourceFiles _resources;
    private readonly CertificateIssuer _certificates;
    private readonly List<ZoneProgram> _controlPlanes;
    private readonly Dictionary<string, ZoneProgram> _ingresses;
    private readonly ZoneProgram _egress;
    private readonly ConcurrentBag<MeshIdentity> _identities = [];
    private ExternalServices? _external;

    /// <param name="folder">Folder for its files, with no other content.</param>
    /// <param name="children">Starts the programs, and ends them.</param>
    /// <param name="time">Paces the polling.</param>
    public Installation(string folder, ChildProcesses children, TimeProvider time)
    {
        _readiness = new Readiness(time);
        _children = children;
        _resources = new ResourceFiles(Path.Combine(folder, "resources"));
        _certificates = new CertificateIssuer(_resources.Folder, Path.Combine(folder, "certificates"), children);
        _controlPlanes = [CreateControlPlane(West), CreateControlPlane(East), CreateControlPlane(North)];

        // Both forms of xDS are at work.
        _ingresses = new[] { East, North }.ToDictionary(static zone => zone, zone => CreateProxy("ingress", zone, "GRPC"));
        _egress = CreateProxy("egress", West, "DELTA_GRPC");
        Backends = new BackendFleet(children, _certificates, _resources);
    }

    /// <summary>The back ends.</summary>
    public BackendFleet Backends { get; }

    /// <summary>Starts everything: one mesh with instances of one service in east and north, and the way to them from west.</summary>
    /// <exception cref="CheckFailedException">Something does not start.</exception>
    public async Task StartAsync(MeshService service, int instancesInEast, int instancesInNorth, CancellationToken cancellation)
    {
        // 1. What does not change: the mesh, and where the zones' proxies are.
        AddMesh(service.Mesh);
        _resources.WriteEgress(ProxyName("egress", West), West, _ports[ProxyName("egress", West)]);
        _resources.WriteIngress(ProxyName("ingress", East), East, _ports[ProxyName("ingress", East)]);
        _resources.WriteIngress(ProxyName("ingress", North), North, _ports[ProxyName("ingress", North)]);

        // 2. Control planes and back ends; they do not know of each other.
        var backends = Enumerable.Repeat(East, instancesInEast).Concat(Enumerable.Repeat(North, instancesInNorth));
        await Task.WhenAll([StartControlPlanesAsync(cancellation), .. backends.Select(zone => Backends.AddAsync(service, zone, cancellation))]);

        // 3. The proxies, which take their routes from the control planes.
        await Task.WhenAll([_egress.StartAsync(cancellation), .. _ingresses.Values.Select(ingress => ingress.StartAsync(cancellation))]);
    }

    /// <summary>Defines a mesh.</summary>
    public void AddMesh(string mesh) => _resources.WriteMesh(mesh);

    /// <summary>A client of a service, with the identity of a workload of the service's own mesh.</summary>
    public Task<MeshClient> CreateClientAsync(MeshService service, CancellationToken cancellation) => CreateClientAsync(service, service.Mesh, cancellation);

    /// <summary>A client of a service, with the identity of a workload of some mesh. It trusts the service's mesh in any case.</summary>
    public async Task<MeshClient> CreateClientAsync(MeshService service, string clientMesh, CancellationToken cancellation)
    {
        var own = await _certificates.GetFolderAsync(new MeshService(clientMesh, "web"), cancellation);
        var trusted = await _certificates.GetFolderAsync(service, cancellation);
        var identity = MeshIdentity.Load(own, trusted);
        _identities.Add(identity);
        return new MeshClient(new IPEndPoint(IPAddress.Loopback, _ports[ProxyName("egress", West)]), identity, service);
    }

    /// <summary>Starts services outside of a mesh, and lets one service of the mesh use them.</summary>
    /// <param name="mesh">The mesh.</param>
    /// <param name="services">Their names and protocols: <c>http</c>, <c>grpc</c> or <c>tcp</c>.</param>
    /// <param name="allowed">The service that may use them.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task AddExternalServicesAsync(string mesh, IEnumerable<(string Name, string Protocol)> services, string allowed, CancellationToken cancellation)
    {
        _external ??= await ExternalServices.StartAsync(cancellation);
        foreach (var (name, protocol) in services)
        {
            var service = new MeshService(mesh, name);
            _resources.WritePermission(service, allowed);
            _resources.WriteExternalService(service, protocol, protocol switch
            {
                "http" => _external.HttpPort,
                "grpc" => _external.GrpcPort,
                _ => _external.TcpPort,
            });
        }
    }

    /// <summary>A client of services outside of a mesh, with the identity of a service of it.</summary>
    public async Task<ExternalClient> CreateExternalClientAsync(string mesh, string service, CancellationToken cancellation)
    {
        var identity = MeshIdentity.Load(await _certificates.GetFolderAsync(new MeshService(mesh, service), cancellation));
        _identities.Add(identity);
        return new ExternalClient(new IPEndPoint(IPAddress.Loopback, _ports[ProxyName("egress", West)]), identity, mesh);
    }

    public Task StartControlPlanesAsync(CancellationToken cancellation) =>
        Task.WhenAll(_controlPlanes.Select(controlPlane => controlPlane.StartAsync(cancellation)));

    /// <exception cref="CheckFailedException">One did not end in order.</exception>
    public Task StopControlPlanesAsync(CancellationToken cancellation) =>
        Task.WhenAll(_controlPlanes.Select(controlPlane => controlPlane.StopAsync(cancellation)));

    /// <summary>Checks that egress and ingresses are ready.</summary>
    /// <exception cref="CheckFailedException">One is not.</exception>
    public Task CheckProxiesReadyAsync(CancellationToken cancellation) =>
        Task.WhenAll([_egress.CheckReadyAsync(cancellation), .. _ingresses.Values.Select(ingress => ingress.CheckReadyAsync(cancellation))]);

    /// <summary>Asks a zone's ingress to end and waits until it accepts no more connections; those that are open may go on for the drain time.</summary>
    /// <exception cref="CheckFailedException">It goes on accepting.</exception>
    public async Task CloseIngressAsync(string zone, CancellationToken cancellation)
    {
        _ingresses[zone].Terminate();
        await _readiness.WaitUntilRefusedAsync(_ports[ProxyName("ingress", zone)], cancellation);
    }

    /// <summary>Waits until a zone's ingress, which was asked to, has ended.</summary>
    /// <exception cref="CheckFailedException">It did not end in order.</exception>
    public Task WaitForIngressEndAsync(string zone, CancellationToken cancellation) => _ingresses[zone].StopAsync(cancellation);

    public async ValueTask DisposeAsync()
    {
        if (_external is not null)
        {
            await _external.DisposeAsync();
        }

        _readiness.Dispose();
        foreach (var identity in _identities)
        {
            identity.Dispose();
        }
    }

    private ZoneProgram CreateControlPlane(string zone)
    {
        var port = _ports[ControlPlaneName(zone)];
        string[] arguments = ["run", "--zone", zone, "--resources", _resources.Folder, "--listen", $"127.0.0.1:{port}", "--certificate-lifetime", CertificateLifetime];
        return new ZoneProgram(ControlPlaneName(zone), "zone-cp", port, arguments, _children, _readiness);
    }

    private ZoneProgram CreateProxy(string kind, string zone, string xdsVariant)
    {
        var name = ProxyName(kind, zone);
        var adminPort = _ports[$"admin of {name}"];
        string[] arguments =
        [
            "run", "--name", name, "--cp-address", $"http://127.0.0.1:{_ports[ControlPlaneName(zone)]}",
            "--xds-variant", xdsVariant, "--admin-port", $"{adminPort}", "--readiness-port", "0", "--drain-time", DrainTime,
            // The script looks at what is left of a drain, not at how load balancers notice it.
            "--drain-accept-time", "0s", "--drain-idle-time", "1m",
        ];
        return new ZoneProgram(name, $"zone-{kind}", adminPort, arguments, _children, _readiness);
    }

    private static string ControlPlaneName(string zone) => $"cp-{zone}";

    private static string ProxyName(string kind, string zone) => $"{kind}-{zone}";
}
