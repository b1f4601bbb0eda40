using Microsoft.AspNetCore.Http;
using Zoneway.Termination.Http;
using Zoneway.Termination.Rbac;

namespace Zoneway.Termination.Tests.Http;

public sealed class HttpFilterChainTests
{
    private static readonly HttpFilterContext Context = new(TimeProvider.System, static () => 0, null);

    [Fact]
    public async Task Counters_GoOnInTheNextVersionOfTheChain()
    {
        var rbac = new HttpRbacFilterConfig("rbac", new RbacFilterConfig { StatPrefix = "p", Rules = new RbacRulesConfig(RbacAction.Allow, []) });
        var limit = new HttpRateLimitConfig("limit") { Bucket = new("l", 1, 1, TimeSpan.FromHours(1)), Enabled = FractionConfig.All, Enforced = FractionConfig.All };
        var limited = Chain(null, limit, rbac);
        await AskAsync(limited);
        await AskAsync(limited);

        // Another limit has another bucket, but what was refused was refused.
        var next = Chain(limited, limit with { Bucket = limit.Bucket with { MaxTokens = 2 } }, rbac);

        Assert.Equal(1, next.RateLimited);
        Assert.Equal(1, Assert.Single(next.AccessControl).Counters.Denied);
    }

    [Theory]
    [InlineData(10, false)]
    [InlineData(11, true)]
    public async Task BodyLimit_LengthIsSaidBeforehand_IsRefusedAtOnce(long length, bool isRefused)
    {
        var verdict = await AskAsync(Chain(null, new BodyLimitFilterConfig("b", 10)), length);

        Assert.Equal(isRefused ? LocalReply.BodyTooLarge : null, verdict.Reply is { Status: 413 } reply ? reply : null);
    }

    private static HttpFilterChain Chain(HttpFilterChain? previous, params HttpFilterConfig[] filters) =>
        new(new HttpConnectionManagerConfig { Filters = [.. filters], Routes = new RouteTableConfig() }, static _ => throw new InvalidOperationException(), previous, Context);

    private static ValueTask<HttpVerdict> AskAsync(HttpFilterChain chain, long? length = null)
    {
        var context = new DefaultHttpContext();
        context.Request.Path = "/";
        context.Request.ContentLength = length;
        return chain.DecideAsync(context, new TerminatedConnection { Id = "1" }, CancellationToken.None);
    }
}
