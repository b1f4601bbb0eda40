using Zoneway.TestUtilities;
using Zoneway.Xds.Files;

namespace Zoneway.Xds.Tests.Files;

public sealed class WatchedFileTests : IDisposable
{
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(100);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("zoneway-watch-");
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task WaitForChange_ChangeThatTheSystemDoesNotReport_IsSeenWithinTwoSeconds()
    {
        // The watcher stays with the directory that the link led to when it began.
        var (old, next, link) = (Path.Combine(_directory.FullName, "1"), Path.Combine(_directory.FullName, "2"), Path.Combine(_directory.FullName, "link"));
        WriteVersion(old, "one");
        WriteVersion(next, "other");
        Directory.CreateSymbolicLink(link, old);
        using var file = new WatchedFile(Path.Combine(link, "file"), _time);
        Assert.Equal(("one", null), await file.ReadAsync(CancellationToken.None));
        File.Delete(link);
        Directory.CreateSymbolicLink(link, next);

        var waiting = file.WaitForChangeAsync(CancellationToken.None);
        _time.Advance(WatchedFile.PollInterval);
        await _time.ArmedAsync(due => due == Settle);
        _time.Advance(Settle);

        await waiting.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(("other", null), await file.ReadAsync(CancellationToken.None));
    }

    [Fact]
    public async Task WaitForChange_NothingChanged_GoesOnWaiting()
    {
        var path = Path.Combine(_directory.FullName, "file");
        await File.WriteAllTextAsync(path, "one");
        using var file = new WatchedFile(path, _time);
        await file.ReadAsync(CancellationToken.None);
        using var stop = new CancellationTokenSource();

        var waiting = file.WaitForChangeAsync(stop.Token);
        _time.Advance(WatchedFile.PollInterval);
        Assert.False(waiting.IsCompleted);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private static void WriteVersion(string directory, string text)
    {
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, "file"), text);
    }
}
