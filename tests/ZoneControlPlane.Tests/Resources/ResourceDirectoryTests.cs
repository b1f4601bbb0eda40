using Zoneway.ZoneControlPlane.Resources;
using Zoneway.ZoneControlPlane.Tests.Support;

namespace Zoneway.ZoneControlPlane.Tests.Resources;

public sealed class ResourceDirectoryTests : IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LogRecorder _log = new();
    private readonly ResourceDirectory _directory;
    private readonly ChangeSignal _changed = new();

    public ResourceDirectoryTests()
    {
        var timing = new ResourceDirectoryTiming(TimeSpan.FromMilliseconds(20), TimeSpan.FromMinutes(5));
        _directory = new ResourceDirectory(_folder.Path, timing, TimeProvider.System, _log.CreateLogger<ResourceDirectory>());
        _directory.Changed.Subscribe(_changed.Set);
    }

    public async Task InitializeAsync()
    {
        _folder.Write("base.yaml", "type: Mesh\nname: base\n");
        _folder.Write("sub/folder/more.yml", "type: Mesh\nname: more\n");
        _folder.Write(".hidden/secret.yaml", "type: Mesh\nname: hidden\n");
        _folder.Write("readme.txt", "type: Mesh\nname: text\n");
        await _directory.StartAsync(CancellationToken.None);
        await _directory.FirstRead.WaitAsync(TestLimits.Wait);
        _changed.Take();
    }

    public async Task DisposeAsync() => await _directory.StopAsync(CancellationToken.None);

    public void Dispose()
    {
        _directory.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void FirstRead_FoldersAndNames_ReadsYamlFilesOnly()
    {
        Assert.Equal(["base", "more"], MeshNames());
    }

    [Fact]
    public async Task Watch_FileAddedChangedAndRemoved_FollowsEachChange()
    {
        _folder.Write("east.yaml", "type: Mesh\nname: east\n");
        await UntilAsync(() => MeshNames().Contains("east"));

        _folder.Write("east.yaml", "type: Mesh\nname: west\n");
        await UntilAsync(() => MeshNames().Contains("west") && !MeshNames().Contains("east"));

        File.Delete(_folder.PathOf("east.yaml"));
        await UntilAsync(() => !MeshNames().Contains("west"));
    }

    [Fact]
    public async Task Watch_DocumentTurnsBad_KeepsWhatTheFileDefinedAndAppliesOthers()
    {
        _folder.Write("east.yaml", "type: Mesh\nname: east\n");
        await UntilAsync(() => MeshNames().Contains("east"));

        _folder.Write("east.yaml", "type: Mesh\nname: changed\n---\n\n\ntype: ZoneEgress\nname: e\nnetworking:\n  address: 10.0.0.1\n  port: no\n");
        await _log.WaitForAsync("Warning: east.yaml:10: ZoneEgress e: networking.port \"no\" is not a port");
        await _log.WaitForAsync("east.yaml is bad; its good documents are in force, and of the others their last good state (2 resources)");
        _folder.Write("other.yaml", "type: Mesh\nname: other\n");
        await UntilAsync(() => MeshNames().Contains("other"));
        Assert.Equal(["base", "changed", "east", "more", "other"], MeshNames());

        _folder.Write("east.yaml", "type: Mesh\nname: repaired\n");
        await UntilAsync(() => MeshNames().Contains("repaired"));
        Assert.DoesNotContain("east", MeshNames());
        await _log.WaitForAsync("east.yaml is good again");
    }

    [Fact]
    public async Task Watch_FileTooLarge_IsRefused()
    {
        _folder.Write("large.yaml", "type: Mesh\nname: large\n#" + new string('x', ResourceLimits.MaxFileBytes));

        await _log.WaitForAsync("large.yaml:1: file is larger than");
        Assert.DoesNotContain("large", MeshNames());
    }

    [Fact]
    public async Task Watch_NotUtf8_IsRefused()
    {
        await File.WriteAllBytesAsync(_folder.PathOf("latin.yaml"), [.. "type: Mesh\nname: \xe9"u8[..17], 0xe9, 0x0a]);

        await _log.WaitForAsync("latin.yaml:1: file is not UTF-8");
    }

    [Fact]
    public async Task Watch_LinkToAFolder_IsNotFollowed()
    {
        Directory.CreateSymbolicLink(_folder.PathOf("circle"), _folder.Path);
        _folder.Write("after.yaml", "type: Mesh\nname: after\n");

        await UntilAsync(() => MeshNames().Contains("after"));

        Assert.Equal(["after", "base", "more"], MeshNames());
    }

    private List<string> MeshNames() => [.. _directory.Current.Meshes.Keys.Order(StringComparer.Ordinal)];

    private async Task UntilAsync(Func<bool> condition)
    {
        var limit = TestLimits.Token;
        while (!condition())
        {
            await _changed.WaitAsync(limit);
            _changed.Take();
        }
    }
}
