using System.Collections.Immutable;
using System.Security.Cryptography;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Zoneway.ZoneControlPlane.Resources;

namespace Zoneway.ZoneControlPlane.Certificates;

/// <summary>
/// Makes the CA of every mesh with a builtin mTLS backend as soon as the mesh appears, and keeps the egress's certificate of each mesh
/// fresh. CA files are looked at again every minute, so that a CA can be replaced under way. Protocol §5.3.
/// </summary>
internal sealed partial class MeshIdentityKeeper : BackgroundService
{
    /// <summary>Service that an egress is in its certificates.</summary>
    private const string EgressService = "zone-egress";

    /// <summary>Longest time between two looks at CAs and certificates.</summary>
    private static readonly TimeSpan CheckInterval = TimeSpan.FromMinutes(1);

    /// <summary>Shortest time between two looks, for certificates that live a moment only.</summary>
    private static readonly TimeSpan LeastInterval = TimeSpan.FromSeconds(1);

    private readonly ResourceDirectory _directory;
    private readonly CertificateAuthorityStore _store;
    private readonly TimeSpan _lifetime;
    private readonly TimeProvider _time;
    private readonly ILogger<MeshIdentityKeeper> _logger;
    private readonly Dictionary<string, RenewingCertificate> _certificates = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _failing = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _firstRound = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Written by the loop only; read without a lock.
    private volatile ImmutableDictionary<string, MeshIdentity> _current = ImmutableDictionary<string, MeshIdentity>.Empty;

    /// <param name="directory">Says which meshes there are.</param>
    /// <param name="store">Keeps their CAs.</param>
    /// <param name="lifetime">Life of each certificate.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logger">Told about CAs and certificates; never about keys.</param>
    public MeshIdentityKeeper(ResourceDirectory directory, CertificateAuthorityStore store, TimeSpan lifetime, TimeProvider time, ILogger<MeshIdentityKeeper> logger)
    {
        _directory = directory;
        _store = store;
        _lifetime = lifetime;
        _time = time;
        _logger = logger;
    }

    /// <summary>Notified after <see cref="Current"/> was replaced.</summary>
    public ChangeNotifier Changed { get; } = new();

    /// <summary>The identities by mesh. A mesh whose CA cannot be used has its last one, or none.</summary>
    public ImmutableDictionary<string, MeshIdentity> Current => _current;

    /// <summary>Completes when every mesh of the directory as it was first read has its identity, or is known to have none.</summary>
    public Task FirstRound => _firstRound.Task;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var changed = new ChangeSignal();
        using var subscription = _directory.Changed.Subscribe(changed.Set);
        while (!stoppingToken.IsCancellationRequested)
        {
            changed.Take();
            KeepAll();
            await WaitAsync(changed, stoppingToken);
        }
    }

    private async Task WaitAsync(ChangeSignal changed, CancellationToken stopping)
    {
        using var due = new CancellationTokenSource(UntilNextCheck(), _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, due.Token);
        try
        {
            await changed.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            // Time to look again.
        }
    }

    // What cannot be renewed now must not keep the machine busy, nor keep other meshes from being renewed in time.
    private TimeSpan UntilNextCheck()
    {
        var now = _time.GetUtcNow();
        var next = CheckInterval;
        foreach (var (mesh, certificate) in _certificates)
        {
            var due = _failing.ContainsKey(mesh) || certificate.Current is null ? certificate.RetryInterval : certificate.Current.RenewAt - now;
            next = due < next ? due : next;
        }

        return next > LeastInterval ? next : LeastInterval;
    }

    private void KeepAll()
    {
        var next = ImmutableDictionary.CreateBuilder<string, MeshIdentity>(StringComparer.Ordinal);
        var resources = _directory.Current;
        var meshes = resources.Meshes.Values.Where(static mesh => mesh.HasBuiltinCa).Select(static mesh => mesh.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var mesh in meshes)
        {
            if ((TryRefresh(mesh) ?? _current.GetValueOrDefault(mesh)) is { } identity)
            {
                next[mesh] = identity;
            }
        }

        foreach (var gone in _certificates.Keys.Where(mesh => !meshes.Contains(mesh)).ToList())
        {
            _certificates.Remove(gone);
            _failing.Remove(gone);
        }

        if (next.Count != _current.Count || next.Any(entry => !ReferenceEquals(entry.Value, _current.GetValueOrDefault(entry.Key))))
        {
            _current = next.ToImmutable();
            Changed.Notify();
        }

        if (!ReferenceEquals(resources, ResourceSet.Empty))
        {
            _firstRound.TrySetResult();
        }
    }

    // The identity as it is to be, which is the one in force when nothing has changed; null when the CA cannot be used now.
    private MeshIdentity? TryRefresh(string mesh)
    {
        var isFirst = _certificates.TryAdd(mesh, new RenewingCertificate(EgressService, TagSet.Empty, _lifetime));
        var certificate = _certificates[mesh];
        try
        {
            using var authority = _store.GetOrCreate(mesh);
            var isNew = certificate.Renew(authority, _time.GetUtcNow());
            if (_failing.Remove(mesh) | isFirst)
            {
                Log.Ready(_logger, mesh, authority.Certificate.NotAfter);
            }

            if (isNew)
            {
                Log.Issued(_logger, mesh, certificate.Current!.End, certificate.Current.RenewAt);
            }

            return !isNew && _current.TryGetValue(mesh, out var identity) && identity.TrustedPem == authority.TrustedPem
                ? identity
                : new MeshIdentity(certificate.Current!, authority.TrustedPem);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            if (_failing.GetValueOrDefault(mesh) != exception.Message)
            {
                Log.Failed(_logger, mesh, exception.Message);
            }

            _failing[mesh] = exception.Message;
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(30, LogLevel.Information, "CA of mesh {Mesh} is ready, valid until {End:u}")]
        public static partial void Ready(ILogger logger, string mesh, DateTime end);

        [LoggerMessage(31, LogLevel.Warning, "CA of mesh {Mesh} cannot be made or used, which is tried again; what was issued before stays in force: {Reason}")]
        public static partial void Failed(ILogger logger, string mesh, string reason);

        [LoggerMessage(32, LogLevel.Information, "The egress has a new certificate of mesh {Mesh}, valid until {End:u}, to be renewed at {RenewAt:u}")]
        public static partial void Issued(ILogger logger, string mesh, DateTimeOffset end, DateTimeOffset renewAt);
    }
}
