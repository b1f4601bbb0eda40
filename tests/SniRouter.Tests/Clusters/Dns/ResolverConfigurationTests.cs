using System.Net;
using Zoneway.SniRouter.Clusters.Dns;

namespace Zoneway.SniRouter.Tests.Clusters.Dns;

public sealed class ResolverConfigurationTests
{
    [Fact]
    public void Parse_KubernetesFile_IsUnderstood()
    {
        var configuration = ResolverConfiguration.Parse("search ns.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n");

        Assert.Equal([new IPEndPoint(IPAddress.Parse("10.96.0.10"), 53)], configuration.Nameservers.ToArray());
        Assert.Equal(["ns.svc.cluster.local", "svc.cluster.local", "cluster.local"], configuration.Search.ToArray());
        Assert.Equal((5, TimeSpan.FromSeconds(5), 2), (configuration.Ndots, configuration.Timeout, configuration.Attempts));
    }

    [Fact]
    public void Parse_EveryKeyword_IsUnderstood()
    {
        var configuration = ResolverConfiguration.Parse("; comment\n# comment\n\tnameserver\t::1\r\nnameserver fe80::1%1 ; x\ndomain old.test\nsearch a.test. . b.test\noptions rotate timeout:7 attempts:4\nsortlist 10.0.0.0\n");

        Assert.Equal(["[::1]:53", "[fe80::1%1]:53"], configuration.Nameservers.Select(server => server.ToString()));
        Assert.Equal(["a.test", "b.test"], configuration.Search.ToArray());
        Assert.Equal((1, TimeSpan.FromSeconds(7), 4), (configuration.Ndots, configuration.Timeout, configuration.Attempts));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nameserver\nnameserver nonsense\noptions\noptions ndots: timeout:x attempts:-1 :3 ndots:99999999999\nsearch\n\0")]
    public void Parse_NothingUsable_TakesTheDefaults(string text)
    {
        var configuration = ResolverConfiguration.Parse(text);

        Assert.Equal([new IPEndPoint(IPAddress.Loopback, 53)], configuration.Nameservers.ToArray());
        Assert.Empty(configuration.Search);
        Assert.Equal((1, TimeSpan.FromSeconds(5), 2), (configuration.Ndots, configuration.Timeout, configuration.Attempts));
    }

    [Fact]
    public void Parse_TooMuch_IsBounded()
    {
        var configuration = ResolverConfiguration.Parse(
            string.Concat(Enumerable.Range(1, 9).Select(i => $"nameserver 10.0.0.{i}\n")) + "options ndots:99 timeout:999 attempts:99\nsearch " + string.Join(' ', Enumerable.Range(0, 99).Select(i => $"d{i}")));

        Assert.Equal((3, 32, 15, TimeSpan.FromSeconds(30), 5), (configuration.Nameservers.Length, configuration.Search.Length, configuration.Ndots, configuration.Timeout, configuration.Attempts));
        Assert.Equal((TimeSpan.FromSeconds(1), 1), (ResolverConfiguration.Parse("options timeout:0 attempts:0").Timeout, ResolverConfiguration.Parse("options attempts:0").Attempts));
    }

    [Fact]
    public void Read_MissingFile_TakesTheDefaults() => Assert.Equal([new IPEndPoint(IPAddress.Loopback, 53)], ResolverConfiguration.Read("/nonexistent/resolv.conf").Nameservers.ToArray());

    [Theory]
    [InlineData("a", 1, "a.x,a.y,a")]
    [InlineData("a.b", 1, "a.b,a.b.x,a.b.y")]
    [InlineData("a.b", 5, "a.b.x,a.b.y,a.b")]
    [InlineData("a.", 5, "a")]
    [InlineData("a", 0, "a,a.x,a.y")]
    public void Candidates_FollowNdots(string name, int ndots, string expected) =>
        Assert.Equal(expected, string.Join(',', new ResolverConfiguration { Search = ["x", "y"], Ndots = ndots }.Candidates(name)));
}
