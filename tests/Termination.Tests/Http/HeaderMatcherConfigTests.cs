using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Zoneway.MutualTls;
using Zoneway.Termination.Http;

namespace Zoneway.Termination.Tests.Http;

public sealed class HeaderMatcherConfigTests
{
    private static readonly HeaderMatcherConfig Team = new() { Name = "X-Team" };

    [Theory]
    [InlineData(StringMatchKind.Exact, "blue-1", "blue-2")]
    [InlineData(StringMatchKind.Prefix, "blue-", "red-")]
    [InlineData(StringMatchKind.Suffix, "-1", "-2")]
    [InlineData(StringMatchKind.Contains, "ue", "ed")]
    public void Matches_ByText_TakesThatValueOnly(StringMatchKind kind, string fitting, string other)
    {
        var request = Request("blue-1");

        Assert.True((Team with { Value = StringMatcher.Of(kind, fitting) }).Matches(request));
        Assert.False((Team with { Value = StringMatcher.Of(kind, other) }).Matches(request));
    }

    [Fact]
    public void Matches_ByRegex_TakesTheWholeValue()
    {
        var matcher = Team with { Value = StringMatcher.TryRegex("blue-[0-9]+", out _) };

        Assert.True(matcher.Matches(Request("blue-12")));
        Assert.False(matcher.Matches(Request("blue-12-red")));
        Assert.False(matcher.Matches(Request()));
    }

    [Theory]
    [InlineData("10", true)]
    [InlineData("19", true)]
    [InlineData(" 12 ", true)]
    [InlineData("20", false)]
    [InlineData("9", false)]
    [InlineData("12x", false)]
    [InlineData("", false)]
    [InlineData("99999999999999999999999", false)]
    public void Matches_ByRange_TakesWholeNumbersFromStartToBelowEnd(string value, bool fits) =>
        Assert.Equal(fits, (Team with { Range = new HeaderValueRange(10, 20) }).Matches(Request(value)));

    [Theory]
    [InlineData(true, false, true, false)]
    [InlineData(false, false, false, true)]
    [InlineData(true, true, false, true)]
    [InlineData(false, true, true, false)]
    public void Matches_ByPresence_LooksAtNothingElse(bool isPresent, bool isInverted, bool fitsWith, bool fitsWithout)
    {
        var matcher = Team with { IsPresent = isPresent, IsInverted = isInverted };

        Assert.Equal(fitsWith, matcher.Matches(Request("")));
        Assert.Equal(fitsWithout, matcher.Matches(Request()));
    }

    [Fact]
    public void Matches_Inverted_TakesOtherValuesButNotNone()
    {
        var matcher = Team with { Value = StringMatcher.Exact("blue"), IsInverted = true };

        Assert.True(matcher.Matches(Request("red")));
        Assert.False(matcher.Matches(Request("blue")));
        Assert.False(matcher.Matches(Request()));
        Assert.True((matcher with { TreatsMissingAsEmpty = true }).Matches(Request()));
    }

    [Fact]
    public void Matches_MissingAsEmpty_FitsTheEmptyText()
    {
        var matcher = Team with { Value = StringMatcher.Exact("") };

        Assert.False(matcher.Matches(Request()));
        Assert.True((matcher with { TreatsMissingAsEmpty = true }).Matches(Request()));
    }

    [Fact]
    public void Matches_SeveralValues_AreOneTextWithCommas()
    {
        var request = Request("blue", "red");

        Assert.True((Team with { Value = StringMatcher.Exact("blue,red") }).Matches(request));
        Assert.False((Team with { Value = StringMatcher.Exact("blue") }).Matches(request));
    }

    [Theory]
    [InlineData(":path", "/a/b?c=d", "/a/b")]
    [InlineData(":method", "PUT", "GET")]
    [InlineData(":authority", "example.com:81", "example.com")]
    [InlineData(":scheme", "https", "http")]
    [InlineData("host", "example.com:81", "example.com")]
    public void Matches_PseudoHeaders_AreParts(string name, string fitting, string other)
    {
        var request = Request("blue");
        request.Method = "PUT";
        request.Host = new HostString("example.com:81");
        request.Scheme = "https";
        Target(request, "/a/b?c=d");
        var matcher = new HeaderMatcherConfig { Name = name };

        Assert.True((matcher with { Value = StringMatcher.Exact(fitting) }).Matches(request));
        Assert.False((matcher with { Value = StringMatcher.Exact(other) }).Matches(request));
    }

    [Fact]
    public void Matches_UnknownPseudoHeader_IsMissing()
    {
        Assert.False(HeaderMatcherConfig.IsKnown(":status"));
        Assert.False(HeaderMatcherConfig.IsKnown(""));
        Assert.False(new HeaderMatcherConfig { Name = ":status", Value = StringMatcher.Prefix("") }.Matches(Request()));
    }

    [Theory]
    [InlineData("/a%2Fb?x=/y#z", "/a%2Fb?x=/y#z", "/a%2Fb")]
    [InlineData("http://example.com/a?b", "/a?b", "/a")]
    [InlineData("http://example.com", "/", "/")]
    [InlineData("http://example.com?x=/b", "/?x=/b", "/")]
    [InlineData("example.com:443", "", "")]
    [InlineData("*", "*", "*")]
    public void RequestTarget_EveryForm_IsPathAndQuery(string raw, string target, string path)
    {
        var request = Request();
        Target(request, raw);

        Assert.Equal(target, RequestTarget.PathAndQuery(request).ToString());
        Assert.Equal(path, RequestTarget.Path(request).ToString());
    }

    [Fact]
    public void RequestTarget_WithoutRawTarget_IsPutTogether()
    {
        var request = Request();
        request.Path = "/a b";
        request.QueryString = new QueryString("?c=d");

        Assert.Equal("/a%20b?c=d", RequestTarget.PathAndQuery(request).ToString());
    }

    private static HttpRequest Request(params string[] teams)
    {
        var request = new DefaultHttpContext().Request;
        if (teams.Length > 0)
        {
            request.Headers["x-team"] = teams;
        }

        return request;
    }

    private static void Target(HttpRequest request, string raw) => request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = raw;
}
