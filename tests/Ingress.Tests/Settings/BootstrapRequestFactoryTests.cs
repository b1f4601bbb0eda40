using System.Net.Sockets;
using Zoneway.Hosting.Configuration;
using Zoneway.Xds.Bootstrap;

namespace Zoneway.Ingress.Tests.Settings;

public sealed class BootstrapRequestFactoryTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private static SettingsReading Least => new SettingsReading().Flag("--cp-address", "https://cp.example:5678").Flag("--name", "zi-1");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Create_LeastSettings_SaysWhatKumaExpects()
    {
        var request = Create(Least);

        Assert.Equal(("zi-1", null, "ingress", 9902), (request.Name, request.Mesh, request.ProxyType, request.ReadinessPort));
        Assert.Equal(["feature-reuse-port"], request.Features);
        Assert.Equal(("2.14.3", true), (request.Version.KumaDp.Version, request.Version.Envoy.KumaDpCompatible));
        Assert.Equal(Socket.OSSupportsIPv6, request.Ipv6Enabled);
        Assert.Null(request.DataplaneToken ?? request.DataplaneTokenPath ?? request.DataplaneResource ?? request.CaCert);
        Assert.Null(request.DynamicMetadata);
        Assert.Null(request.Workdir);
    }

    [Fact]
    public void Create_SwitchesOfKuma_ChangeFeatures()
    {
        var request = Create(Least
            .Variable("KUMA_DATAPLANE_RUNTIME_REUSE_PORT_ENABLED", "false")
            .Variable("KUMA_DATAPLANE_RUNTIME_UNIFIED_RESOURCE_NAMING_ENABLED", "True")
            .Variable("KUMA_DATAPLANE_RUNTIME_ENVOY_XDS_TRANSPORT_PROTOCOL_VARIANT", "DELTA_GRPC")
            .Variable("KUMA_DATAPLANE_RUNTIME_IPV6_ENABLED", "f")
            .Variable("KUMA_DATAPLANE_RUNTIME_DYNAMIC_SYSTEM_CA_PATH", "/own/ca.pem")
            .Variable("HOST_IP", "10.9.8.7"));

        Assert.Equal(["feature-delta-grpc", "feature-unified-resource-naming"], request.Features);
        Assert.False(request.Ipv6Enabled);
        Assert.Equal("/own/ca.pem", request.SystemCaPath);
        Assert.Equal(KeyValuePair.Create("HOST_IP", "10.9.8.7"), Assert.Single(request.DynamicMetadata!));
    }

    [Fact]
    public void Create_TokenFile_IsReadAgainForEveryRequest()
    {
        var path = _directory.Write("token", "first\n");
        var settings = Least.Flag("--dataplane-token-file", path).Settings();

        Assert.Equal(("first", path), Token());
        _directory.Write("token", "second");
        Assert.Equal(("second", path), Token());

        (string?, string?) Token() => BootstrapRequestFactory.Create(settings, settings.ControlPlane!) is var request ? (request.DataplaneToken, request.DataplaneTokenPath) : default;
    }

    private static BootstrapRequest Create(SettingsReading reading)
    {
        var settings = reading.Settings();
        return BootstrapRequestFactory.Create(settings, settings.ControlPlane!);
    }
}
