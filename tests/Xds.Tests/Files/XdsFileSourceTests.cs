using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Logging;
using Zoneway.Xds.Files;
using Zoneway.Xds.Protocol;

namespace Zoneway.Xds.Tests.Files;

public sealed class XdsFileSourceTests : IAsyncLifetime, IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("zoneway-xds-");
    private readonly RecordingSink _sink = new();
    private readonly WarningRecorder _warnings = new();
    private XdsFileSource? _source;

    private string FilePath => Path.Combine(_directory.FullName, "xds.yaml");

    [Fact]
    public async Task Start_File_IsAppliedInOrder()
    {
        await File.WriteAllTextAsync(FilePath, Clusters("a", "b"), Encoding.UTF8); // with a byte order mark

        await StartAsync();

        var changes = await _sink.NextAsync();
        Assert.Equal([TypeUrls.Cluster, TypeUrls.ClusterLoadAssignment, TypeUrls.Secret, TypeUrls.Listener], changes.Select(change => change.TypeUrl));
        Assert.Equal(["a", "b"], changes[0].Updated.Select(resource => resource.Name));
        Assert.All(changes, change => Assert.Empty(change.Removed));
    }

    [Fact]
    public async Task Change_InPlace_IsAppliedWithRemovals()
    {
        await File.WriteAllTextAsync(FilePath, Clusters("a", "b"));
        await StartAsync();
        await _sink.NextAsync();

        await File.WriteAllTextAsync(FilePath, Clusters("b", "c"));

        var clusters = (await _sink.NextAsync())[0];
        Assert.Equal(["b", "c"], clusters.Updated.Select(resource => resource.Name));
        Assert.Equal(["a"], clusters.Removed);
    }

    [Fact]
    public async Task Change_ByRename_IsApplied()
    {
        await File.WriteAllTextAsync(FilePath, Clusters("a"));
        await StartAsync();
        await _sink.NextAsync();
        var next = FilePath + ".new";
        await File.WriteAllTextAsync(next, Clusters("b"));

        File.Move(next, FilePath, overwrite: true);

        Assert.Equal(["b"], (await _sink.NextAsync())[0].Updated.Select(resource => resource.Name));
    }

    [Fact]
    public async Task Change_BySwappedLink_IsApplied()
    {
        // As in a Kubernetes ConfigMap: xds.yaml -> ..data/xds.yaml, ..data -> a directory for each version.
        MakeVersion("..1", "a");
        File.CreateSymbolicLink(Path.Combine(_directory.FullName, "..data"), "..1");
        File.CreateSymbolicLink(FilePath, "..data/xds.yaml");
        await StartAsync();
        await _sink.NextAsync();
        MakeVersion("..2", "b");

        File.CreateSymbolicLink(Path.Combine(_directory.FullName, "..data_tmp"), "..2");
        // .NET does not rename a link to a directory over another one.
        using var rename = Process.Start("mv", ["-T", Path.Combine(_directory.FullName, "..data_tmp"), Path.Combine(_directory.FullName, "..data")]);
        await rename.WaitForExitAsync();

        Assert.Equal(["b"], (await _sink.NextAsync())[0].Updated.Select(resource => resource.Name));
    }

    [Fact]
    public async Task Change_ToBadContent_KeepsLastGood()
    {
        await File.WriteAllTextAsync(FilePath, Clusters("a"));
        await StartAsync();
        await _sink.NextAsync();

        await File.WriteAllTextAsync(FilePath, "resources:\n- name: [");
        Assert.Contains($"{FilePath} is not applied, what was in force stays: line ", await _warnings.NextAsync(), StringComparison.Ordinal);
        File.Delete(FilePath);
        Assert.Contains("Could not find file", await _warnings.NextAsync(), StringComparison.Ordinal);
        await File.WriteAllBytesAsync(FilePath, [0xFF, 0xFE, 0xFF]);
        Assert.Contains("it is not UTF-8", await _warnings.NextAsync(), StringComparison.Ordinal);
        Assert.False(_sink.HasMore);
        await File.WriteAllTextAsync(FilePath, Clusters("b"));

        Assert.Equal(["b"], (await _sink.NextAsync())[0].Updated.Select(resource => resource.Name));
    }

    [Fact]
    public async Task Start_FileTooLarge_IsNotRead()
    {
        await using (var file = File.Create(FilePath))
        {
            file.SetLength(WatchedFile.MaxBytes + 1);
        }

        await StartAsync();

        Assert.Contains("more than 67108864", await _warnings.NextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_MissingFileAndDirectory_IsFollowedFromThere()
    {
        var path = Path.Combine(_directory.FullName, "later", "xds.yaml");
        await StartAsync(path);
        await _warnings.NextAsync();

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, Clusters("a"));

        Assert.Equal(["a"], (await _sink.NextAsync())[0].Updated.Select(resource => resource.Name));
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _source?.StopAsync(CancellationToken.None) ?? Task.CompletedTask;

    public void Dispose()
    {
        _source?.Dispose();
        _directory.Delete(recursive: true);
    }

    private async Task StartAsync(string? path = null)
    {
        _source = new XdsFileSource(path ?? FilePath, _sink, TimeProvider.System, _warnings);
        await _source.StartAsync(CancellationToken.None);
    }

    private void MakeVersion(string name, string cluster)
    {
        var version = _directory.CreateSubdirectory(name);
        File.WriteAllText(Path.Combine(version.FullName, "xds.yaml"), Clusters(cluster));
    }

    private static string Clusters(params string[] names) =>
        "resources:\n" + string.Concat(names.Select(name => $"- {{name: {name}, resource: {{'@type': type.googleapis.com/envoy.config.cluster.v3.Cluster, name: {name}}}}}\n"));

    private sealed class WarningRecorder : ILogger<XdsFileSource>
    {
        private readonly System.Threading.Channels.Channel<string> _messages = System.Threading.Channels.Channel.CreateUnbounded<string>();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                _messages.Writer.TryWrite(formatter(state, exception));
            }
        }

        public async Task<string> NextAsync()
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            return await _messages.Reader.ReadAsync(limit.Token);
        }
    }
}
