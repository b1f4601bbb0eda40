using Zoneway.Xds.Bootstrap;

namespace Zoneway.Xds.Tests.Bootstrap;

public class ProxyResourceTests
{
    [Theory]
    [InlineData("type: ZoneIngress\nname: zi-1\nnetworking: {address: 10.1.0.5, port: 10001}", "ZoneIngress", "zi-1", null)]
    [InlineData("""{"type":"Dataplane","name":"zp-1","mesh":"prod"}""", "Dataplane", "zp-1", "prod")]
    public void TryParse_Resource_KeepsItsText(string text, string type, string name, string? mesh)
    {
        Assert.True(ProxyResource.TryParse(text, out var resource, out _));
        Assert.Equal(new ProxyResource(type, name, mesh, text), resource);
    }

    [Theory]
    [InlineData("")]
    [InlineData("name: a")]
    [InlineData("type: ZoneIngress")]
    [InlineData("type: ZoneIngress\nname: [a]")]
    [InlineData("type: {")]
    [InlineData("a: 1\n---\nb: 2")]
    public void TryParse_NoResource_SaysWhy(string text)
    {
        Assert.False(ProxyResource.TryParse(text, out _, out var error));
        Assert.NotEmpty(error);
    }
}
