using System.Text;
using System.Threading.Channels;

namespace Zoneway.Xds.Files;

/// <summary>
/// A file that is read again when it may have changed: at once when the system reports it, and every <see cref="PollInterval"/> by a look at size and time. Both
/// follow files replaced by rename, as editors do, and by a swapped symbolic link, as Kubernetes does with ConfigMaps.
/// </summary>
internal sealed class WatchedFile : IDisposable
{
    /// <summary>Largest file accepted: 64 MiB.</summary>
    public const long MaxBytes = 64 * 1024 * 1024;

    /// <summary>Time between two looks: 2 s. What the system reports comes sooner, but it misses remote and overlaid file systems.</summary>
    public static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(2);

    private const int MaxSettleRounds = 50;
    private static readonly TimeSpan SettleTime = TimeSpan.FromMilliseconds(100);

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly PeriodicTimer _timer;
    private readonly FileSystemWatcher? _watcher;
    private readonly Channel<bool> _reports = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private FileStamp _stamp;

    /// <summary>Starts to watch a file, which need not exist.</summary>
    public WatchedFile(string path, TimeProvider time)
    {
        _path = path;
        _time = time;
        _timer = new PeriodicTimer(PollInterval, time);
        _watcher = TryWatch(Path.GetDirectoryName(path)!);
    }

    /// <summary>Reads the file.</summary>
    /// <returns>The text; null, with what is wrong, when it cannot be read, is too large, or is not UTF-8.</returns>
    public async Task<(string? Text, string? Problem)> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            _stamp = FileStamp.Of(stream);
            if (stream.Length > MaxBytes)
            {
                return (null, $"it has {stream.Length} bytes, more than {MaxBytes}");
            }

            // It may grow while it is read, and pipes have no length.
            var bytes = new byte[Math.Min(stream.Length, MaxBytes) + 1];
            var length = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
            return length == bytes.Length
                ? (null, "it changed while it was read")
                : (Utf8.GetString(bytes.AsSpan(0, length)).TrimStart('\uFEFF'), null);
        }
        catch (DecoderFallbackException)
        {
            return (null, "it is not UTF-8");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            _stamp = default;
            return (null, exception.Message);
        }
    }

    /// <summary>Waits until the file may have changed since it was read last.</summary>
    public async Task WaitForChangeAsync(CancellationToken cancellationToken)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reported = _reports.Reader.ReadAsync(waiting.Token).AsTask();
        var polled = PollAsync(waiting.Token);
        var first = await Task.WhenAny(reported, polled);
        await waiting.CancelAsync();
        await Task.WhenAll(reported, polled).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        await first;
        await SettleAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _watcher?.Dispose();
        _timer.Dispose();
    }

    // A file half written may look like a whole one with fewer resources, so it is left alone until it stays the same for a moment.
    private async Task SettleAsync(CancellationToken cancellationToken)
    {
        for (var i = 0; i < MaxSettleRounds; i++)
        {
            var before = FileStamp.Of(_path);
            await Task.Delay(SettleTime, _time, cancellationToken);
            if (FileStamp.Of(_path) == before)
            {
                return;
            }
        }
    }

    private async Task PollAsync(CancellationToken cancellationToken)
    {
        do
        {
            await _timer.WaitForNextTickAsync(cancellationToken);
        }
        while (FileStamp.Of(_path) == _stamp);
    }

    // The directory is watched, not the file: a file that is replaced is another one.
    private FileSystemWatcher? TryWatch(string directory)
    {
        try
        {
            var watcher = new FileSystemWatcher(directory);
            watcher.Changed += (_, change) => Report(change.Name);
            watcher.Created += (_, change) => Report(change.Name);
            watcher.Renamed += (_, change) => Report(change.Name);
            watcher.Deleted += (_, change) => Report(change.Name);
            watcher.Error += (_, _) => _reports.Writer.TryWrite(true);
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or UnauthorizedAccessException)
        {
            // No such directory, or no more watches to be had: looking every two seconds does it too.
            return null;
        }
    }

    // Of the other files in the directory only Kubernetes' "..data" link matters: where the path leads through it, it is what is swapped.
    private void Report(string? name)
    {
        if (name is null || name == Path.GetFileName(_path) || name.StartsWith("..", StringComparison.Ordinal))
        {
            _reports.Writer.TryWrite(true);
        }
    }
}

/// <summary>What shows, without reading it, that a file is another one than before. Follows symbolic links.</summary>
internal readonly record struct FileStamp(long Length, DateTime Written)
{
    /// <summary>The stamp of the file at a path; default when there is none.</summary>
    public static FileStamp Of(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            return Of(stream);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return default;
        }
    }

    /// <summary>The stamp of an open file.</summary>
    public static FileStamp Of(FileStream stream) => new(stream.Length, File.GetLastWriteTimeUtc(stream.SafeFileHandle));
}
