using System.Security.Cryptography;
using Zoneway.TwoZones.Client;
using Zoneway.TwoZones.Tests.Tls;

namespace Zoneway.TwoZones.Tests.Backend;

public sealed class BackendServerTests : IDisposable
{
    private static readonly MeshService Service = new("default", "backend");

    private readonly TestMesh _mesh = new("default");
    private readonly TestMesh _otherMesh = new("retail");

    [Fact]
    public async Task RunAsync_ClientOfTheMesh_IsGreetedAndEchoed()
    {
        await using var backend = Run();
        await using var connection = await backend.CreateClient(_mesh.Identity("web"), Service).ConnectAsync(CancellationToken.None);

        await connection.EchoAsync(RandomNumberGenerator.GetBytes(100_000), CancellationToken.None);

        Assert.Equal(RunningBackend.Self, connection.Instance);
    }

    [Fact]
    public async Task RunAsync_ClientOfAnotherMesh_IsRefused()
    {
        await using var backend = Run();
        var client = backend.CreateClient(_otherMesh.Identity("web", trusted: _mesh), Service);

        await Assert.ThrowsAsync<ClientException>(() => client.ConnectAsync(CancellationToken.None));

        Assert.StartsWith("refused a client: spiffe://retail/web is not certified by this mesh's CA", await backend.NextLineAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConnectAsync_AnotherServiceAnswers_IsRefusedByTheClient()
    {
        await using var backend = Run();
        var client = backend.CreateClient(_mesh.Identity("web"), new MeshService("default", "orders"));

        await Assert.ThrowsAsync<ClientException>(() => client.ConnectAsync(CancellationToken.None));
    }

    [Fact]
    public async Task ConnectAsync_AnotherMeshAnswers_IsRefusedByTheClient()
    {
        await using var backend = Run();
        var client = backend.CreateClient(_otherMesh.Identity("web"), Service);

        await Assert.ThrowsAsync<ClientException>(() => client.ConnectAsync(CancellationToken.None));
    }

    [Fact]
    public async Task ConnectAsync_Cancelled_LeavesAsCancellation()
    {
        await using var backend = Run();
        using var cancellation = new CancellationTokenSource();
        await cancellation.CancelAsync();

        var connect = backend.CreateClient(_mesh.Identity("web"), Service).ConnectAsync(cancellation.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connect);
    }

    public void Dispose()
    {
        _mesh.Dispose();
        _otherMesh.Dispose();
    }

    private RunningBackend Run() => new("default", _mesh.Identity("backend"));
}
