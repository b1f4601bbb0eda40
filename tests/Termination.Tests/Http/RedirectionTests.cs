using Microsoft.AspNetCore.Http;
using Zoneway.Termination.Http;

namespace Zoneway.Termination.Tests.Http;

public sealed class RedirectionTests
{
    private static readonly RouteMatchConfig Match = new() { Kind = PathMatchKind.Prefix, Path = "/a" };

    public static TheoryData<RedirectActionConfig, string> Redirects => new()
    {
        { new(301), "http://web:80/a/b?c=d" },
        { new(301) { Scheme = "https" }, "https://web/a/b?c=d" },
        { new(302) { Scheme = "https", Port = 8443 }, "https://web:8443/a/b?c=d" },
        { new(302) { Host = "other" }, "http://other/a/b?c=d" },
        { new(302) { Path = "/x" }, "http://web:80/x?c=d" },
        { new(302) { Path = "/x?y=z" }, "http://web:80/x?y=z" },
        { new(302) { Path = "/x", StripsQuery = true }, "http://web:80/x" },
        { new(302) { PathRewrite = new PrefixRewriteConfig("/x") }, "http://web:80/x/b?c=d" },
        { new(302) { PathRewrite = new RegexRewriteConfig(RegexSubstitution.TryCreate("/(.)/", "/\\1\\1/", out _)!) }, "http://web:80/aa/b?c=d" },
        { new(302) { StripsQuery = true }, "http://web:80/a/b" },
    };

    [Theory]
    [MemberData(nameof(Redirects))]
    public void Reply_NamesWhereToGo(RedirectActionConfig action, string location)
    {
        var context = new DefaultHttpContext();
        (context.Request.Scheme, context.Request.Host, context.Request.Path, context.Request.QueryString) = ("http", new HostString("web:80"), "/a/b", new QueryString("?c=d"));

        var reply = Redirection.Reply(action, Match, context.Request);

        Assert.NotNull(reply);
        Assert.Equal((action.Status, ""), (reply.Status, reply.Body));
        Assert.Equal(new HeaderMutation("location", location, HeaderAppendAction.OverwriteIfExistsOrAdd), Assert.Single(reply.Headers));
    }
}
