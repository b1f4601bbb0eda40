using System.Security.Cryptography;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Zoneway.ZoneControlPlane.Resources;

namespace Zoneway.ZoneControlPlane.Certificates;

/// <summary>Makes the CA of every mesh with a builtin mTLS backend as soon as the mesh appears.</summary>
internal sealed partial class MeshAuthorityKeeper(ResourceDirectory directory, CertificateAuthorityStore store, ILogger<MeshAuthorityKeeper> logger) : BackgroundService
{
    private readonly HashSet<string> _kept = new(StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var changed = new ChangeSignal();
        using var subscription = directory.Changed.Subscribe(changed.Set);
        while (true)
        {
            KeepAll();
            await changed.WaitAsync(stoppingToken);
            changed.Take();
        }
    }

    private void KeepAll()
    {
        foreach (var mesh in directory.Current.Meshes.Values.Where(mesh => mesh.HasBuiltinCa && !_kept.Contains(mesh.Name)))
        {
            try
            {
                using var authority = store.GetOrCreate(mesh.Name);
                _kept.Add(mesh.Name);
                Log.Ready(logger, mesh.Name, authority.Certificate.NotAfter);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
            {
                Log.Failed(logger, mesh.Name, exception.Message);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(30, LogLevel.Information, "CA of mesh {Mesh} is ready, valid until {End:u}")]
        public static partial void Ready(ILogger logger, string mesh, DateTime end);

        [LoggerMessage(31, LogLevel.Warning, "CA of mesh {Mesh} cannot be made or read, which is tried again with the next change: {Reason}")]
        public static partial void Failed(ILogger logger, string mesh, string reason);
    }
}
