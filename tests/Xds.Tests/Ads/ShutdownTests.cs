using Zoneway.Xds.Ads;
using Zoneway.Xds.Grpc;

namespace Zoneway.Xds.Tests.Ads;

/// <summary>The host stops, whatever the client is doing.</summary>
public sealed class ShutdownTests
{
    public static TheoryData<XdsVariant> Variants => AdsHarness.Variants;

    [Theory]
    [MemberData(nameof(Variants))]
    public async Task Stop_WhileTheControlPlaneIsSilent_EndsTheStreamInGoodOrder(XdsVariant variant)
    {
        await using var harness = new AdsHarness(variant);
        var stream = await harness.StartSubscribedAsync();

        await harness.Client.StopAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));

        Assert.True(await stream.ClientEndAsync);
        Assert.False(harness.Status.IsConnected);
    }

    [Fact]
    public async Task Stop_WhileConnecting_EndsAfterAShortGoodbye()
    {
        await using var harness = new AdsHarness(XdsVariant.StateOfTheWorld);
        harness.ControlPlane.Takes = new TaskCompletionSource().Task;
        var stream = await harness.StartAsync();

        var stop = harness.Client.StopAsync(CancellationToken.None);
        harness.Clock.Advance(await harness.Clock.ArmedAsync(_ => true));
        await stop.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.False(await stream.ClientEndAsync);
    }

    [Fact]
    public async Task Stop_WhileWaitingToReconnect_EndsAtOnce()
    {
        await using var harness = new AdsHarness(XdsVariant.Delta, jitter: 0.4);
        (await harness.StartAsync()).End(StatusCode.Unavailable);
        await harness.Clock.ArmedAsync(dueTime => dueTime < TimeSpan.FromSeconds(1));

        await harness.Client.StopAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));
    }
}
