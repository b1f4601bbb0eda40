using Zoneway.TestUtilities;
using Zoneway.ZoneControlPlane.Certificates;
using Zoneway.ZoneControlPlane.Resources;
using Zoneway.ZoneControlPlane.Tests.Support;
using LogRecorder = Zoneway.ZoneControlPlane.Tests.Support.LogRecorder;

namespace Zoneway.ZoneControlPlane.Tests.Certificates;

public sealed class MeshIdentityKeeperTests : IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualTimeProvider _time = new();
    private readonly LogRecorder _log = new();
    private readonly ResourceDirectory _directory;
    private readonly MeshIdentityKeeper _keeper;

    public MeshIdentityKeeperTests()
    {
        Directory.CreateDirectory(_folder.PathOf(".ca"));
        _folder.Write("all.yaml", SampleResources.Mesh("good") + SampleResources.Mesh("bad"));
        _directory = new ResourceDirectory(_folder.Path, ResourceDirectoryTiming.Default, TimeProvider.System, _log.CreateLogger<ResourceDirectory>());
        var store = new CertificateAuthorityStore(_folder.PathOf(".ca"), _time);
        _keeper = new MeshIdentityKeeper(_directory, store, TimeSpan.FromSeconds(10), _time, _log.CreateLogger<MeshIdentityKeeper>());
    }

    public async Task InitializeAsync()
    {
        await _directory.StartAsync(CancellationToken.None);
        await _directory.FirstRead.WaitAsync(TestLimits.Wait);
    }

    public async Task DisposeAsync()
    {
        await _keeper.StopAsync(CancellationToken.None);
        await _directory.StopAsync(CancellationToken.None);
    }

    public void Dispose()
    {
        _keeper.Dispose();
        _directory.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task BrokenAuthorityOfOneMesh_DoesNotKeepAnotherFromBeingRenewedInTime()
    {
        _folder.Write(".ca/bad/ca.crt", "broken");
        await _keeper.StartAsync(CancellationToken.None);

        Assert.Equal(TimeSpan.FromSeconds(1), await _time.ArmedAsync(static _ => true));
        var first = _keeper.Current["good"];
        for (var second = 0; second < 7; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await _time.ArmedAsync(static _ => true);
        }

        Assert.NotSame(first, _keeper.Current["good"]);
        Assert.DoesNotContain("bad", _keeper.Current.Keys);
        Assert.Single(_log.Lines, static line => line.Contains("CA of mesh bad", StringComparison.Ordinal));
    }
}
