using Xunit.Abstractions;
using Zoneway.TestUtilities.Kuma;

namespace Zoneway.Ingress.Tests.EndToEnd;

/// <summary>A very large zone over ADS. The figures go to the test's output; the bounds only find what is broken.</summary>
public sealed class KumaScaleTests(ITestOutputHelper output)
{
    private const int Services = 10_000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_TenThousandServices_IsReadyAndFollowsChanges(bool delta)
    {
        await using var zone = await KumaZone.StartAsync();
        var services = Enumerable.Range(0, Services).Select(static i => new KumaService($"service-{i}", 1)).ToList();
        services[4711] = services[4711] with { Ports = [zone.Backend("first")] };
        zone.ControlPlane.Serve(KumaIngressGenerator.Generate(services));
        var before = LiveMegabytes();

        var start = TimeProvider.System.GetTimestamp();
        zone.StartProxy(delta);
        await zone.UntilReadyAsync();
        await zone.UntilReachedAsync("service-4711", "first");
        var ready = TimeProvider.System.GetElapsedTime(start);
        var after = LiveMegabytes();

        var changed = new KumaService("service-4711", zone.Backend("second"));
        zone.ControlPlane.Serve(KumaIngressGenerator.Generate([.. services.Take(4711), changed, .. services.Skip(4712)]));
        start = TimeProvider.System.GetTimestamp();
        await zone.UntilReachedAsync("service-4711", "second");
        var update = TimeProvider.System.GetElapsedTime(start);

        output.WriteLine($"{Services} services, {(delta ? "delta" : "state of the world")}: ready after {ready.TotalSeconds:F1} s, an endpoint update takes {update.TotalSeconds:F1} s, "
            + $"memory of proxy and control plane together {after - before} MB more than before");
        Assert.Empty(zone.ControlPlane.Traffic.Rejections);
        Assert.InRange(after - before, -1000, 1000);
    }

    private static long LiveMegabytes() => GC.GetTotalMemory(forceFullCollection: true) / (1024 * 1024);
}
