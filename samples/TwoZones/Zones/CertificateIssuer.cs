using Zoneway.TwoZones.Processes;

namespace Zoneway.TwoZones.Zones;

/// <summary>Has the meshes' CAs issue workload certificates by <c>zone-cp certificate</c>, once for each service.</summary>
/// <param name="resources">Resource directory, where the meshes are defined and their CAs kept.</param>
/// <param name="folder">Parent of the folders that get the certificates.</param>
/// <param name="children">Starts the program.</param>
internal sealed class CertificateIssuer(string resources, string folder, ChildProcesses children)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly Lock _gate = new();
    private readonly Dictionary<MeshService, Task<string>> _folders = [];

    /// <summary>The folder with <c>tls.crt</c>, <c>tls.key</c> and <c>ca.crt</c> of a service.</summary>
    /// <exception cref="CheckFailedException">None was issued.</exception>
    public Task<string> GetFolderAsync(MeshService service, CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (!_folders.TryGetValue(service, out var issued))
            {
                issued = _folders[service] = IssueAsync(service, cancellation);
            }

            return issued;
        }
    }

    private async Task<string> IssueAsync(MeshService service, CancellationToken cancellation)
    {
        var output = Path.Combine(folder, service.Mesh, service.Name);
        var issuer = children.Start(
            $"certificate of {service}", "zone-cp", "certificate", "--mesh", service.Mesh, "--service", service.Name, "--out", output, "--resources", resources);
        return await issuer.WaitForExitAsync(Limit, cancellation) && issuer.ExitCode == 0
            ? output
            : throw new ChildFailedException(issuer, $"was not ready within {Limit.TotalSeconds} s");
    }
}
