using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Zoneway.ZoneControlPlane.Resources;

/// <summary>
/// Follows a directory of resource files: every change is read, checked file by file and published as one new <see cref="ResourceSet"/>.
/// A file that turned bad keeps the resources it had. Protocol: this directory plays the part of the global control plane.
/// </summary>
internal sealed partial class ResourceDirectory : BackgroundService
{
    private readonly string _folder;
    private readonly ResourceDirectoryTiming _timing;
    private readonly TimeProvider _time;
    private readonly ILogger<ResourceDirectory> _logger;
    private readonly SortedDictionary<string, ResourceFileState> _files = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _firstRead = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ChangeSignal _signal = new();
    private volatile ResourceSet _current = ResourceSet.Empty;

    public ResourceDirectory(string folder, ResourceDirectoryTiming timing, TimeProvider time, ILogger<ResourceDirectory> logger)
    {
        _folder = Path.GetFullPath(folder);
        _timing = timing;
        _time = time;
        _logger = logger;
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
        if (ListFiles() is not { } paths)
        {
            return;
        }

        var changed = RemoveMissing(paths);
        foreach (var path in paths)
        {
            changed |= ReadFile(path, rereadAll);
        }

        if (changed || !_firstRead.Task.IsCompleted)
        {
            Publish();
        }

        _firstRead.TrySetResult();
    }

    private IReadOnlyList<string>? ListFiles()
    {
        try
        {
            var paths = ResourceFolder.FindFiles(_folder);
            if (paths.Count <= ResourceLimits.MaxFiles)
            {
                return paths;
            }

            Log.TooManyFiles(_logger, _folder, paths.Count, ResourceLimits.MaxFiles);
            return [.. paths.Take(ResourceLimits.MaxFiles)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.FolderUnreadable(_logger, _folder, exception.Message);
            return null;
        }
    }

    private bool RemoveMissing(IReadOnlyCollection<string> paths)
    {
        var present = paths.ToHashSet(StringComparer.Ordinal);
        var missing = _files.Keys.Where(path => !present.Contains(path)).ToList();
        foreach (var path in missing)
        {
            _files.Remove(path);
            Log.FileGone(_logger, NameOf(path));
        }

        return missing.Count > 0;
    }

    private bool ReadFile(string path, bool always)
    {
        if (!_files.TryGetValue(path, out var file))
        {
            file = _files[path] = new ResourceFileState(path);
        }

        var wasBad = file.IsBad;
        if (file.Refresh(always) is not { } findings)
        {
            return false;
        }

        Report(NameOf(path), findings);
        if (file.IsBad)
        {
            Log.FileBad(_logger, NameOf(path), file.Resources.Length);
        }
        else if (wasBad)
        {
            Log.FileGoodAgain(_logger, NameOf(path));
        }

        return !file.IsBad;
    }

    private void Report(string file, ProblemList findings)
    {
        foreach (var problem in findings.Problems)
        {
            if (problem.Severity == ProblemSeverity.Ignored)
            {
                Log.Ignored(_logger, file, problem.Line, problem.Message);
            }
            else if (problem.Severity == ProblemSeverity.Notice)
            {
                Log.Notice(_logger, file, problem.Line, problem.Message);
            }
            else
            {
                Log.Problem(_logger, file, problem.Line, problem.Message);
            }
        }
    }

    private void Publish()
    {
        var set = ResourceSet.Of(_files.Select(static file => (file.Key, file.Value.Resources)), out var duplicates);
        foreach (var duplicate in duplicates)
        {
            Log.Duplicate(_logger, NameOf(duplicate.File), duplicate.Line, duplicate.Key, NameOf(duplicate.FirstFile));
        }

        foreach (var mesh in set.Dataplanes.Select(static dp => dp.Mesh).Distinct(StringComparer.Ordinal).Where(mesh => !set.Meshes.ContainsKey(mesh)))
        {
            Log.UnknownMesh(_logger, mesh);
        }

        _current = set;
        Log.Applied(_logger, set.Count, _files.Count);
        Changed.Notify();
    }

    private string NameOf(string path) => Path.GetRelativePath(_folder, path);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Resources applied: {Resources} from {Files} files")]
        public static partial void Applied(ILogger logger, int resources, int files);

        [LoggerMessage(2, LogLevel.Warning, "{File}:{Line}: {Problem}")]
        public static partial void Problem(ILogger logger, string file, int line, string problem);

        [LoggerMessage(3, LogLevel.Information, "{File}:{Line}: {Problem}")]
        public static partial void Notice(ILogger logger, string file, int line, string problem);

        [LoggerMessage(4, LogLevel.Debug, "{File}:{Line}: {Problem}")]
        public static partial void Ignored(ILogger logger, string file, int line, string problem);

        [LoggerMessage(5, LogLevel.Warning, "{File} is bad; its last good state stays in force ({Resources} resources)")]
        public static partial void FileBad(ILogger logger, string file, int resources);

        [LoggerMessage(6, LogLevel.Information, "{File} is good again")]
        public static partial void FileGoodAgain(ILogger logger, string file);

        [LoggerMessage(7, LogLevel.Information, "{File} is gone, and its resources with it")]
        public static partial void FileGone(ILogger logger, string file);

        [LoggerMessage(8, LogLevel.Warning, "{File}:{Line}: {Resource} is already defined in {FirstFile}; this document is not used")]
        public static partial void Duplicate(ILogger logger, string file, int line, ResourceKey resource, string firstFile);

        [LoggerMessage(9, LogLevel.Warning, "{Folder} cannot be listed, the resources stay as they are: {Reason}")]
        public static partial void FolderUnreadable(ILogger logger, string folder, string reason);

        [LoggerMessage(10, LogLevel.Warning, "{Folder} has {Files} resource files; only the first {Limit} are read")]
        public static partial void TooManyFiles(ILogger logger, string folder, int files, int limit);

        [LoggerMessage(11, LogLevel.Warning, "Mesh {Mesh} is used by Dataplanes but not defined; its services are not served")]
        public static partial void UnknownMesh(ILogger logger, string mesh);
    }
}
