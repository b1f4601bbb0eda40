using System.Net;
using Zoneway.Hosting.Lifetime;

namespace Zoneway.Ingress.Tests.Lifetime;

public class ReadinessTests
{
    private static readonly IPEndPoint Somewhere = new(IPAddress.Loopback, 10001);

    private readonly Dictionary<string, IPEndPoint?> _listeners = [];
    private readonly Readiness _readiness;
    private bool _isConfigured;

    public ReadinessTests() => _readiness = new Readiness(() => _isConfigured, () => _listeners);

    [Fact]
    public void State_BeforeConfiguration_IsNotReady()
    {
        _listeners["a"] = Somewhere;

        Assert.Equal(ReadinessState.NotReady, _readiness.State);
    }

    [Fact]
    public void State_NoListener_IsNotReady()
    {
        _isConfigured = true;

        Assert.Equal(ReadinessState.NotReady, _readiness.State);
    }

    [Fact]
    public void State_OneListenerUnbound_IsNotReady()
    {
        _isConfigured = true;
        _listeners["a"] = Somewhere;
        _listeners["b"] = null;

        Assert.Equal(ReadinessState.NotReady, _readiness.State);
    }

    [Fact]
    public void State_OnceReady_StaysReadyUntilTerminating()
    {
        _isConfigured = true;
        _listeners["a"] = Somewhere;
        Assert.Equal(ReadinessState.Ready, _readiness.State);

        _listeners["b"] = null;
        Assert.Equal(ReadinessState.Ready, _readiness.State);

        _readiness.Terminate();
        Assert.Equal(ReadinessState.Terminating, _readiness.State);
    }
}
