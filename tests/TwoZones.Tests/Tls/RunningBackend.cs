using System.Net;
using System.Threading.Channels;
using Zoneway.TwoZones.Backend;
using Zoneway.TwoZones.Client;
using Zoneway.TwoZones.Tls;

namespace Zoneway.TwoZones.Tests.Tls;

/// <summary>A back end in this process, dialled without a proxy in between.</summary>
internal sealed class RunningBackend : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Channel<string> _log = Channel.CreateUnbounded<string>();
    private readonly BackendServer _server;
    private readonly Task _loop;

    public RunningBackend(string mesh, MeshIdentity identity)
    {
        _server = new BackendServer(Self, mesh, identity, line => _log.Writer.TryWrite(line));
        _loop = _server.RunAsync(_stopping.Token);
    }

    public static Instance Self { get; } = new("east", "backend-east-1");

    public MeshClient CreateClient(MeshIdentity identity, MeshService service) => new(new IPEndPoint(IPAddress.Loopback, _server.Port), identity, service);

    /// <summary>The next line that it logs.</summary>
    public async Task<string> NextLineAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        return await _log.Reader.ReadAsync(limit.Token);
    }

    /// <summary>Ends it; open connections are cut.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _loop;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _server.Dispose();
        _stopping.Dispose();
    }
}
