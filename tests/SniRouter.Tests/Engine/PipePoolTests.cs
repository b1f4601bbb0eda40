using System.Runtime.Versioning;
using Zoneway.SniRouter.Engine;

namespace Zoneway.SniRouter.Tests.Engine;

[SupportedOSPlatform("linux")]
public sealed class PipePoolTests
{
    [Fact]
    public void TryRent_PipeReturned_IsTheOneGivenNext()
    {
        var pool = new PipePool();
        Assert.True(pool.TryRent(0, out var first));
        pool.Return(first);

        Assert.True(pool.TryRent(0, out var second));

        Assert.Equal(first, second);
        second.Close();
    }
}
