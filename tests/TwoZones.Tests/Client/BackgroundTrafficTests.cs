using System.Net;
using Zoneway.TwoZones.Client;
using Zoneway.TwoZones.Processes;
using Zoneway.TwoZones.Tests.Tls;

namespace Zoneway.TwoZones.Tests.Client;

public sealed class BackgroundTrafficTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly MeshService Service = new("default", "backend");

    private readonly TestMesh _mesh = new("default");
    private readonly BackgroundTraffic _traffic = new(TimeProvider.System);

    [Fact]
    public async Task Start_BackEndAnswers_CountsRequests()
    {
        await using var backend = new RunningBackend("default", _mesh.Identity("backend"));
        var client = _traffic.Start(backend.CreateClient(_mesh.Identity("web"), Service));

        Assert.True(await client.Log.Changed.WaitAsync(() => client.Log.Count >= 5, Patience, CancellationToken.None));
        await _traffic.StopAsync();

        Assert.Null(_traffic.FindFailures());
        Assert.Equal(_traffic.Requests, client.Log.CountByInstance()[RunningBackend.Self]);
    }

    [Fact]
    public async Task FindFailures_NobodyListens_SaysWhatTheFirstOneSaw()
    {
        await FailSomeAsync();

        Assert.Equal(_traffic.Requests, _traffic.Failed);
        Assert.Contains("the first to default/backend: connect: Connection refused", _traffic.FindFailures(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ExcuseRequestsUnderWay_FailedBefore_CountButAreNoFault()
    {
        await FailSomeAsync();

        _traffic.ExcuseRequestsUnderWay();

        Assert.Null(_traffic.FindFailures());
        Assert.True(_traffic.Failed > 0);
    }

    public void Dispose() => _mesh.Dispose();

    private async Task FailSomeAsync()
    {
        var nobody = new IPEndPoint(IPAddress.Loopback, FreePorts.Find(1)[0]);
        var client = _traffic.Start(new MeshClient(nobody, _mesh.Identity("web"), Service));
        Assert.True(await client.Log.Changed.WaitAsync(() => client.Log.Count >= 2, Patience, CancellationToken.None));
        await _traffic.StopAsync();
    }
}
