using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.Clusters.Health;

/// <summary>An HTTP server on loopback that answers as the test says.</summary>
internal sealed class HealthServer : IAsyncDisposable
{
    private readonly WebApplication _host;

    private HealthServer(WebApplication host) => _host = host;

    public IPEndPoint Address => IPEndPoint.Parse(
        new Uri(_host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Authority);

    public static async Task<HealthServer> StartAsync(HttpProtocols protocols, RequestDelegate answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = protocols));
        var host = builder.Build();
        host.Run(answer);
        await host.StartAsync().WithinLimit();
        return new HealthServer(host);
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _host.StopAsync(now.Token);
        await _host.DisposeAsync();
    }
}
