using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Zoneway.Termination.Http;

namespace Zoneway.Termination.Tests.Http;

public sealed class PathNormalizationTests
{
    private static readonly PathNormalizationConfig Normalizes = new() { Normalizes = true };
    private static readonly PathNormalizationConfig All = new() { Normalizes = true, MergesSlashes = true, EscapedSlashes = EscapedSlashes.Unescape };

    [Theory]
    [InlineData("/a/b", "/a/b")]
    [InlineData("/a/../b", "/b")]
    [InlineData("/a/./b/.", "/a/b/")]
    [InlineData("/a/b/..", "/a/")]
    [InlineData("/..", "/")]
    [InlineData("/../../x", "/x")]
    [InlineData("/a/%2e%2E/b", "/b")]
    [InlineData("/a//../b", "/a/b")]
    [InlineData("/a/.../.b", "/a/.../.b")]
    [InlineData("/%41%7e%2d", "/A~-")]
    [InlineData("/a%2Fb%5c%20", "/a%2Fb%5c%20")]
    [InlineData(@"/a\..\b", "/b")]
    [InlineData("/a%zz%4", "/a%zz%4")]
    [InlineData("/a/../b?c=/../%41", "/b?c=/../%41")]
    [InlineData("http://host/a/../b?c", "/b?c")]
    [InlineData("/a//b", "/a//b")]
    [InlineData("*", "*")]
    public void Normalize_Path_IsAsRfc3986Says(string target, string expected)
    {
        var request = Request(target);

        Assert.Null(PathNormalization.Apply(Normalizes, request));
        Assert.Equal(expected, RequestTarget.PathAndQuery(request).ToString());
    }

    [Theory]
    [InlineData("/a%2F..%2fb", "/b")]
    [InlineData("/a%2f/b//c%5Cd", "/a/b/c/d")]
    public void All_EscapedSlashes_CountAsSlashes(string target, string expected)
    {
        var request = Request(target);

        Assert.Null(PathNormalization.Apply(All, request));
        Assert.Equal(expected, RequestTarget.PathAndQuery(request).ToString());
    }

    [Theory]
    [InlineData("/a%00")]
    [InlineData("/%0d%0aX")]
    [InlineData("/%7f")]
    public void Normalize_EscapedControlCharacter_IsRefused(string target) => Assert.Equal(400, PathNormalization.Apply(Normalizes, Request(target))!.Status);

    [Fact]
    public void Reject_OnlyPathsWithEscapedSlashes_AreRefused()
    {
        var rejects = new PathNormalizationConfig { EscapedSlashes = EscapedSlashes.Reject };

        Assert.Equal(400, PathNormalization.Apply(rejects, Request("/a%2fb"))!.Status);
        Assert.Equal(400, PathNormalization.Apply(rejects, Request("/a%5Cb"))!.Status);
        Assert.Null(PathNormalization.Apply(rejects, Request("/a?b=%2f")));
    }

    [Fact]
    public void Redirect_NamesTheHost_SoThatAPathIsNotTakenForOne()
    {
        var reply = PathNormalization.Apply(All with { EscapedSlashes = EscapedSlashes.Redirect, MergesSlashes = false }, Request("/%2Fevil.example/?q"))!;

        Assert.Equal((307, "https://web//evil.example/?q"), (reply.Status, Assert.Single(reply.Headers).Value));
    }

    private static HttpRequest Request(string target)
    {
        var context = new DefaultHttpContext();
        (context.Request.Scheme, context.Request.Host) = ("https", new HostString("web"));
        context.Features.Get<IHttpRequestFeature>()!.RawTarget = target;
        return context.Request;
    }
}
