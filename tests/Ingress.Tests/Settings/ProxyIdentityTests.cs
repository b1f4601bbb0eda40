using Zoneway.Hosting.Settings;

namespace Zoneway.Ingress.Tests.Settings;

public sealed class ProxyIdentityTests : IDisposable
{
    private const string ZoneIngress = "type: ZoneIngress\nname: zi-7\nnetworking: {address: 10.1.0.5, port: 10001}\n";

    private readonly TemporaryDirectory _directory = new();

    private static SettingsReading Reading => new SettingsReading().Flag("--cp-address", "https://cp.example:5678");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Read_ResourceFile_GivesNameAndType()
    {
        var settings = Reading.Flag("--dataplane-file", _directory.Write("zi.yaml", ZoneIngress)).Settings();

        Assert.Equal(("zi-7", ProxyType.Ingress), (settings.Name, settings.ProxyType));
        Assert.Equal(ZoneIngress, settings.ControlPlane!.Resource!.Text);
    }

    [Fact]
    public void Read_DataplaneResourceAsText_GivesMeshToo()
    {
        var settings = Reading.Variable("KUMA_DATAPLANE_RUNTIME_RESOURCE", """{"type":"Dataplane","name":"zp-1","mesh":"prod"}""").Settings();

        Assert.Equal(("zp-1", ProxyType.Dataplane, "prod"), (settings.Name, settings.ProxyType, settings.Mesh));
    }

    [Fact]
    public void Read_SameNameTwice_IsFine() =>
        Assert.Equal("zi-7", Reading.Flag("--dataplane", ZoneIngress).Flag("--name", "zi-7").Settings().Name);

    [Theory]
    [InlineData("--name", "another")]
    [InlineData("--proxy-type", "dataplane")]
    public void Read_SettingContradictsResource_IsAProblem(string flag, string value) =>
        Assert.Contains(flag, Assert.Single(Reading.Flag("--dataplane", ZoneIngress).Flag(flag, value).Problems()), StringComparison.Ordinal);

    [Theory]
    [InlineData("type: ZoneEgress\nname: ze-1", "zone-egress")]
    [InlineData("type: Mesh\nname: default", "no proxy")]
    public void Read_ResourceOfAnotherKind_IsAProblem(string resource, string reason) =>
        Assert.Contains(reason, Assert.Single(Reading.Flag("--dataplane", resource).Problems()), StringComparison.Ordinal);

    [Fact]
    public void Read_UnreadableResource_IsAProblem()
    {
        var problems = Reading.Flag("--dataplane-file", "/no/such/file").Problems();

        Assert.StartsWith("--dataplane-file", problems[0], StringComparison.Ordinal);
    }
}
