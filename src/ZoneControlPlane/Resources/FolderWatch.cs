using Microsoft.Extensions.Logging;

namespace Zoneway.ZoneControlPlane.Resources;

/// <summary>Raises a signal when something in a folder has changed.</summary>
internal sealed partial class FolderWatch : IDisposable
{
    private readonly FileSystemWatcher? _watcher;

    /// <summary>Begins to watch. Where the system refuses (no watches left), nothing is ever signalled and the reader's rescan remains.</summary>
    public FolderWatch(string folder, ChangeSignal signal, ILogger logger)
    {
        try
        {
            _watcher = new FileSystemWatcher(folder) { IncludeSubdirectories = true };
            _watcher.Created += (_, _) => signal.Set();
            _watcher.Changed += (_, _) => signal.Set();
            _watcher.Deleted += (_, _) => signal.Set();
            _watcher.Renamed += (_, _) => signal.Set();
            _watcher.Error += (_, _) => signal.Set();
            _watcher.EnableRaisingEvents = true;
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or UnauthorizedAccessException)
        {
            Log.NotWatched(logger, folder, exception.Message);
        }
    }

    public void Dispose() => _watcher?.Dispose();

    private static partial class Log
    {
        [LoggerMessage(20, LogLevel.Warning, "{Folder} cannot be watched and is looked at from time to time instead: {Reason}")]
        public static partial void NotWatched(ILogger logger, string folder, string reason);
    }
}
