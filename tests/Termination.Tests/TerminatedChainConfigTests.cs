namespace Zoneway.Termination.Tests;

public sealed class TerminatedChainConfigTests
{
    [Fact]
    public void A_chain_that_copies_bytes_names_the_clusters_it_copies_to()
    {
        var chain = new TerminatedChainConfig
        {
            Tcp = new SniRouter.Routing.TcpProxyConfig { Clusters = [new("a", 1, SniRouter.Clusters.EndpointMetadata.Empty), new("b", 2, SniRouter.Clusters.EndpointMetadata.Empty)] },
        };

        Assert.Equal(["a", "b"], chain.ClusterNames);
    }
}
