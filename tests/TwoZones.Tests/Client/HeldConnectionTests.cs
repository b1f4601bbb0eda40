using Zoneway.TwoZones.Client;
using Zoneway.TwoZones.Tests.Tls;

namespace Zoneway.TwoZones.Tests.Client;

public sealed class HeldConnectionTests : IDisposable
{
    private readonly TestMesh _mesh = new("default");
    [Fact]
    public async Task CheckAsync_ConnectionLives_BytesWereVerified()
    {
        await using var backend = Run();
        await using var held = await HoldAsync(backend);

        await held.CheckAsync(CancellationToken.None);

        Assert.True(held.VerifiedBytes > 0);
        Assert.Null(held.Failure);
    }

    [Fact]
    public async Task CheckAsync_ConnectionWasCut_SaysSo()
    {
        await using var backend = Run();
        await using var held = await HoldAsync(backend);
        await held.CheckAsync(CancellationToken.None);
        await backend.StopAsync();

        var exception = await Assert.ThrowsAsync<CheckFailedException>(() => held.CheckAsync(CancellationToken.None));

        Assert.Contains("the long-lived connection to east/backend-east-1", exception.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _mesh.Dispose();

    private RunningBackend Run() => new("default", _mesh.Identity("backend"));

    private async Task<HeldConnection> HoldAsync(RunningBackend backend)
    {
        var connection = await backend.CreateClient(_mesh.Identity("web"), new MeshService("default", "backend")).ConnectAsync(CancellationToken.None);
        return new HeldConnection(connection, TimeProvider.System);
    }
}
