using Zoneway.Termination.Http;

namespace Zoneway.Termination.Tests.Http;

public sealed class RegexSubstitutionTests
{
    [Theory]
    [InlineData(".*", "/new", "/old/path", "/new")]
    [InlineData("^/service/([^/]+)(/.*)$", @"\2/instance/\1", "/service/foo/v1/api", "/v1/api/instance/foo")]
    [InlineData("one", "two", "/xxx/one/yyy/one/zzz", "/xxx/two/yyy/two/zzz")]
    [InlineData("^(.*?)one(.*)$", @"\1two\2", "/xxx/one/yyy/one/zzz", "/xxx/two/yyy/one/zzz")]
    [InlineData("(?i)/aaa/", "/bbb/", "/aAa/AAA/x", "/bbb/AAA/x")]
    [InlineData("a*", "x", "baac", "xbxcx")]
    [InlineData("b", @"[\0\\]", "abc", @"a[b\]c")]
    [InlineData("(x)?b", @"<\1>", "abc", "a<>c")]
    [InlineData("none", "x", "/a", "/a")]
    [InlineData("a", "$1$&", "/a", "/$1$&")]
    public void Apply_ReplacesEverythingAsRe2Does(string pattern, string substitution, string text, string expected) =>
        Assert.Equal(expected, RegexSubstitution.TryCreate(pattern, substitution, out _)!.Apply(text));

    [Theory]
    [InlineData("(a)", @"\2")]
    [InlineData("a", @"\")]
    [InlineData("a", @"\x")]
    [InlineData("(?<name>a)", @"\1")]
    [InlineData("(a", "b")]
    [InlineData(@"(a)\1", "b")]
    public void TryCreate_CannotBe_SaysWhy(string pattern, string substitution)
    {
        Assert.Null(RegexSubstitution.TryCreate(pattern, substitution, out var problem));
        Assert.NotEmpty(problem);
    }

    [Fact]
    public void Apply_TextIsOrGetsTooLong_IsNothing()
    {
        var twice = RegexSubstitution.TryCreate("a", "aa", out _)!;

        Assert.Null(twice.Apply(new string('b', RegexSubstitution.MaxTextLength + 1)));
        Assert.Null(twice.Apply(new string('a', (RegexSubstitution.MaxTextLength / 2) + 1)));
        Assert.Equal(RegexSubstitution.MaxTextLength, twice.Apply(new string('a', RegexSubstitution.MaxTextLength / 2))!.Length);
    }
}
