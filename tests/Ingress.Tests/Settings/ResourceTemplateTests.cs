using Zoneway.Hosting.Settings;

namespace Zoneway.Ingress.Tests.Settings;

public class ResourceTemplateTests
{
    private const string Template = "type: ZoneIngress\nname: {{ name }}\nnetworking: {address: '{{{ip}}}', port: {{port}}}\n";

    private static SettingsReading Reading => new SettingsReading().Flag("--cp-address", "https://cp.example:5678").Flag("--dataplane", Template);

    [Theory]
    [InlineData("name=zi-1\nip=fd00::5\nport=10001", "zi-1", "fd00::5")]
    [InlineData("name=zi-1,ip=10.0.0.5,port=10001", "zi-1", "10.0.0.5")]
    [InlineData("name=old\nname=zi-2\nip=a=b\nport=1", "zi-2", "a=b")]
    public void Read_VariablesWithValues_ArePutIn(string variables, string name, string address)
    {
        var settings = Reading.Flag("--dataplane-var", variables).Settings();

        Assert.Equal(name, settings.Name);
        Assert.Contains($"'{address}'", settings.ControlPlane!.Resource!.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("{{", settings.ControlPlane.Resource.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_VariableOfEnvironment_IsPutIn() =>
        Assert.Equal("zi-9", Reading.Variable("ZONEWAY_DATAPLANE_VARS", "name=zi-9,ip=::1,port=1").Settings().Name);

    [Fact]
    public void Read_VariableWithoutValue_IsAProblem()
    {
        var problem = Reading.Flag("--dataplane-var", "name=zi-1").Problems()[0];

        Assert.Contains("{{ ip }}, {{ port }}", problem, StringComparison.Ordinal);
        Assert.Contains("--dataplane-var", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NoPair_IsAProblem() =>
        Assert.Contains("'name'", Reading.Flag("--dataplane-var", "name").Problems()[0], StringComparison.Ordinal);

    [Fact]
    public void TryRender_NoVariableBetweenBraces_StaysAsItIs()
    {
        const string Text = """{"a":{"b":{}}} {{ "x" }} {{#section}}""";

        Assert.True(ResourceTemplate.TryRender(Text, new Dictionary<string, string>(), out var rendered, out _));
        Assert.Equal(Text, rendered);
    }
}
