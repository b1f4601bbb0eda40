using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Zoneway.SniRouter;
using Zoneway.TestUtilities.Ads;
using Zoneway.TestUtilities.Bootstrap;
using Zoneway.Xds.Ads;
using Zoneway.Xds.Bootstrap;
using Zoneway.Xds.Protocol;

namespace Zoneway.Xds.Tests.Bootstrap;

/// <summary>From the first contact with a control plane to the first configuration in force, composed as a program composes it.</summary>
public sealed class ControlPlaneFollowerTests
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("GRPC", XdsVariant.StateOfTheWorld)]
    [InlineData("DELTA_GRPC", XdsVariant.Delta)]
    public async Task ExecuteAsync_BootstrapThenStream_PutsFirstConfigurationInForce(string apiType, XdsVariant variant)
    {
        await using var controlPlane = await ScriptedControlPlane.StartAsync();
        await using var bootstrap = await FakeBootstrapServer.StartAsync();
        bootstrap.AnswersWith(SampleBootstraps.PlainAt(controlPlane.Address.Port, apiType));
        await using var services = Compose(bootstrap, onFailure: () => { });

        await StartAsync(services);
        var stream = await controlPlane.NextStreamAsync();
        Assert.Equal((variant, "the-token"), (stream.Variant, stream.Authorization));
        Assert.Equal((".zi-1", "ingress"), await NodeAsync(stream));
        Assert.False(services.GetRequiredService<FirstConfiguration>().IsInForce);

        await stream.NextAsync(TypeUrls.Listener);
        stream.Send(new(TypeUrls.Cluster, "c1", "1"));
        stream.Send(new(TypeUrls.Listener, "l1", "2"));
        Assert.Equal("1", (await stream.NextAsync(TypeUrls.Cluster)).Nonce);
        Assert.Equal("2", (await stream.NextAsync(TypeUrls.Listener)).Nonce);

        Assert.True(services.GetRequiredService<FirstConfiguration>().IsInForce);
        Assert.True(services.GetRequiredService<AdsStatus>().IsConnected);
        await StopAsync(services);
    }

    [Fact]
    public async Task ExecuteAsync_NoDocument_Fails()
    {
        await using var bootstrap = await FakeBootstrapServer.StartAsync();
        bootstrap.Answers(422, "token required");
        var failed = new TaskCompletionSource();
        await using var services = Compose(bootstrap, failed.SetResult);

        await StartAsync(services);

        await failed.Task.WaitAsync(TimeLimit);
        await StopAsync(services);
    }

    [Fact]
    public async Task StopAsync_WhileBootstrapFails_EndsInOrder()
    {
        await using var bootstrap = await FakeBootstrapServer.StartAsync();
        bootstrap.Answers(503, "");
        await using var services = Compose(bootstrap, onFailure: () => { });

        await StartAsync(services);

        await StopAsync(services);
    }

    private static async Task<(string Id, string Cluster)> NodeAsync(ScriptedStream stream)
    {
        var first = await stream.NextAsync(TypeUrls.Cluster);
        return (first.Node!.Id, first.Node.Cluster);
    }

    private static ServiceProvider Compose(FakeBootstrapServer bootstrap, Action onFailure) => new ServiceCollection()
        .AddLogging()
        .AddSniRouter()
        .AddControlPlane(_ => new ControlPlaneOptions
        {
            Bootstrap = new BootstrapClientOptions { ControlPlane = bootstrap.Address },
            CreateRequest = () => SampleBootstraps.Request,
            OnFailure = onFailure,
        })
        .BuildServiceProvider();

    private static async Task StartAsync(ServiceProvider services)
    {
        foreach (var service in services.GetServices<IHostedService>())
        {
            await service.StartAsync(CancellationToken.None);
        }
    }

    private static async Task StopAsync(ServiceProvider services)
    {
        foreach (var service in services.GetServices<IHostedService>())
        {
            await service.StopAsync(CancellationToken.None).WaitAsync(TimeLimit);
        }
    }
}
