using System.Collections.Immutable;
using Zoneway.TwoZones.Backend;
using Zoneway.TwoZones.Commands;
using Zoneway.TwoZones.Processes;

namespace Zoneway.TwoZones.Zones;

/// <summary>The back ends of all zones: programs that run, and the Dataplane resources that announce them.</summary>
internal sealed class BackendFleet(ChildProcesses children, CertificateIssuer certificates, ResourceFiles resources)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly Lock _gate = new();
    private ImmutableList<Backend> _backends = [];

    /// <summary>The instances of a service, by zone and name.</summary>
    public IEnumerable<Instance> InstancesOf(MeshService service) =>
        Of(service).Select(static backend => backend.Instance).OrderBy(static instance => instance.Zone).ThenBy(static instance => instance.Name);

    /// <summary>Starts one more instance of a service in a zone and announces it when it listens.</summary>
    /// <exception cref="CheckFailedException">It does not start.</exception>
    public async Task AddAsync(MeshService service, string zone, CancellationToken cancellation)
    {
        var folder = await certificates.GetFolderAsync(service, cancellation);
        var backend = Start(service, zone, folder);
        var port = await backend.Process.WaitForLineAsync(BackendCommand.ListeningPrefix, Limit, cancellation);
        resources.WriteDataplane(service, backend.Instance, int.Parse(port));
    }

    /// <summary>Waits until some instance of a service has refused a client.</summary>
    /// <returns>Its reason.</returns>
    /// <exception cref="CheckFailedException">None has in time.</exception>
    public async Task<string> WaitForRefusalAsync(MeshService service, CancellationToken cancellation)
    {
        using var found = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var refusals = Of(service).Select(backend => backend.Process.WaitForLineAsync(BackendServer.RefusedPrefix, Limit, found.Token));
        var reason = await await Task.WhenAny(refusals);
        await found.CancelAsync();
        return reason;
    }

    private IEnumerable<Backend> Of(MeshService service) => _backends.Where(backend => backend.Service == service);

    private Backend Start(MeshService service, string zone, string certificateFolder)
    {
        lock (_gate)
        {
            var number = Of(service).Count(backend => backend.Instance.Zone == zone) + 1;
            var instance = new Instance(zone, $"{service.Name}-{zone}-{number}");
            var process = children.Start($"{service.Mesh}/{instance.Name}", BackendCommand.Program, BackendCommand.Arguments(service, instance, certificateFolder));
            var backend = new Backend(service, instance, process);
            _backends = _backends.Add(backend);
            return backend;
        }
    }

    private sealed record Backend(MeshService Service, Instance Instance, ChildProcess Process);
}
