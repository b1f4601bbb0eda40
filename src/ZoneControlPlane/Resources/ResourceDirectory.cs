using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Zoneway.ZoneControlPlane.Resources;

/// <summary>
/// Follows a directory of resource files: every change is read, checked file by file and published as one new <see cref="ResourceSet"/>.
/// A document that turned bad keeps the state it had. Protocol: this directory plays the part of the global control plane.
/// </summary>
internal sealed partial class ResourceDirectory : BackgroundService
{
    private readonly string _folder;
    private readonly ResourceFiles _files;
    private readonly ResourceDirectoryTiming _timing;
    private readonly TimeProvider _time;
    private readonly ILogger<ResourceDirectory> _logger;
    private readonly TaskCompletionSource _firstRead = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ChangeSignal _signal = new();
    private volatile ResourceSet _current = ResourceSet.Empty;

    public ResourceDirectory(string folder, ResourceDirectoryTiming timing, TimeProvider time, ILogger<ResourceDirectory> logger)
    {
        _folder = Path.GetFullPath(folder);
        _timing = timing;
        _time = time;
        _logger = logger;
        _files = new ResourceFiles(_folder, logger);
    }

    /// <summary>Notified after <see cref="Current"/> was replaced, on the reading thread.</summary>
    public ChangeNotifier Changed { get; } = new();

    /// <summary>The resources in force. Written by the reading loop only.</summary>
    public ResourceSet Current => _current;

    /// <summary>Completes when the directory has been read for the first time.</summary>
    public Task FirstRead => _firstRead.Task;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        using var watch = new FolderWatch(_folder, _signal, _logger);
        var isSignalled = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            Read(rereadAll: isSignalled);
            isSignalled = await WaitForChangeAsync(stoppingToken);
        }
    }

    // False when the rescan interval has passed without a signal.
    private async Task<bool> WaitForChangeAsync(CancellationToken stopping)
    {
        using var expired = new CancellationTokenSource(_timing.RescanInterval, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, expired.Token);
        try
        {
            await _signal.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return false;
        }

        await Task.Delay(_timing.Debounce, _time, stopping);
        return _signal.Take();
    }

    private void Read(bool rereadAll)
    {
        if (_files.Read(rereadAll) is not { } hasChanged)
        {
            return;
        }

        if (hasChanged || !_firstRead.Task.IsCompleted)
        {
            Publish();
        }

        _firstRead.TrySetResult();
    }

    private void Publish()
    {
        var set = ResourceSet.Of(_files.Contents, out var duplicates);
        foreach (var duplicate in duplicates)
        {
            Log.Duplicate(_logger, duplicate.File, duplicate.Line, duplicate.Key, duplicate.FirstFile);
        }

        foreach (var mesh in set.Dataplanes.Select(static dp => dp.Mesh).Distinct(StringComparer.Ordinal).Where(mesh => !set.Meshes.ContainsKey(mesh)))
        {
            Log.UnknownMesh(_logger, mesh);
        }

        var external = set.ExternalServices.Select(static service => service.Mesh).Concat(set.MeshExternalServices.Select(static service => service.Mesh));
        foreach (var mesh in external.Distinct(StringComparer.Ordinal).Where(mesh => set.Meshes.GetValueOrDefault(mesh) is not { HasBuiltinCa: true }))
        {
            Log.NoAuthority(_logger, mesh);
        }

        _current = set;
        Log.Applied(_logger, set.Count, _files.Count);
        Changed.Notify();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Resources applied: {Resources} from {Files} files")]
        public static partial void Applied(ILogger logger, int resources, int files);

        [LoggerMessage(8, LogLevel.Warning, "{File}:{Line}: {Resource} is already defined in {FirstFile}; this document is not used")]
        public static partial void Duplicate(ILogger logger, string file, int line, ResourceKey resource, string firstFile);

        [LoggerMessage(11, LogLevel.Warning, "Mesh {Mesh} is used by Dataplanes but not defined; its services are not served")]
        public static partial void UnknownMesh(ILogger logger, string mesh);

        [LoggerMessage(12, LogLevel.Warning, "Mesh {Mesh} has external services, but no enabled mTLS backend of type builtin; they are not served")]
        public static partial void NoAuthority(ILogger logger, string mesh);
    }
}
