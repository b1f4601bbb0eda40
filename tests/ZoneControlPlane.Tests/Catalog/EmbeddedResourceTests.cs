using Zoneway.ZoneControlPlane.Catalog;
using Zoneway.ZoneControlPlane.Resources;
using Zoneway.ZoneControlPlane.Snapshots;

namespace Zoneway.ZoneControlPlane.Tests.Catalog;

public sealed class EmbeddedResourceTests
{
    private const string Ingress = """
        {"type":"ZoneIngress","mesh":"","name":"zi-1","creationTime":"0001-01-01T00:00:00Z","zone":"east",
         "networking":{"address":"10.1.0.5","port":10001,"advertisedAddress":"203.0.113.7","advertisedPort":10001,"admin":{"port":9901}}}
        """;

    [Fact]
    public void Read_AsKumaDpSendsIt_IsTaken()
    {
        var resource = Assert.IsType<ZoneIngressResource>(EmbeddedResource.Read(Ingress, ProxyKind.Ingress, "east", out var error));

        Assert.Null(error);
        Assert.Equal(("zi-1", 9901, (string?)null), (resource.Name, resource.AdminPort, resource.Zone));
    }

    [Theory]
    [InlineData("{", "not readable")]
    [InlineData("", "must be one ZoneIngress")]
    [InlineData("""{"type":"ZoneEgress","name":"e","networking":{"address":"10.0.0.1","port":1}}""", "must be one ZoneIngress")]
    [InlineData("""{"type":"ZoneIngress","name":"i","networking":{"address":"10.0.0.1"}}""", "port are required")]
    [InlineData("""{"type":"ZoneIngress","name":"i","zone":"north","networking":{"address":"10.0.0.1","port":1}}""", "belongs to zone north")]
    public void Read_Wrong_SaysWhy(string text, string reason)
    {
        Assert.Null(EmbeddedResource.Read(text, ProxyKind.Ingress, "east", out var error));
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_TooLong_IsRefused()
    {
        Assert.Null(EmbeddedResource.Read(new string(' ', ResourceLimits.MaxEmbeddedLength + 1), ProxyKind.Ingress, "east", out var error));
        Assert.Contains("longer than", error, StringComparison.Ordinal);
    }
}
