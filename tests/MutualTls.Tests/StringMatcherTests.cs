namespace Zoneway.MutualTls.Tests;

public sealed class StringMatcherTests
{
    [Theory]
    [InlineData(StringMatchKind.Exact, "spiffe://a/b", "spiffe://a/b", true)]
    [InlineData(StringMatchKind.Exact, "spiffe://a/b", "spiffe://a/bc", false)]
    [InlineData(StringMatchKind.Exact, "spiffe://a/b", "SPIFFE://a/b", false)]
    [InlineData(StringMatchKind.Prefix, "spiffe://a/", "spiffe://a/b", true)]
    [InlineData(StringMatchKind.Prefix, "spiffe://a/", "spiffe://ab/", false)]
    [InlineData(StringMatchKind.Suffix, "/b", "spiffe://a/b", true)]
    [InlineData(StringMatchKind.Suffix, "/b", "spiffe://a/b/", false)]
    [InlineData(StringMatchKind.Contains, "//a/", "spiffe://a/b", true)]
    [InlineData(StringMatchKind.Contains, "//b/", "spiffe://a/b", false)]
    public void Each_kind_compares_its_part(StringMatchKind kind, string pattern, string text, bool fits) => Assert.Equal(fits, StringMatcher.Of(kind, pattern).Matches(text));

    [Fact]
    public void Case_counts_unless_it_is_told_not_to() => Assert.True(StringMatcher.Of(StringMatchKind.Exact, "ABC", ignoreCase: true).Matches("abc"));

    [Theory]
    [InlineData("a|b", "a", true)]
    [InlineData("a|b", "ab", false)]
    [InlineData("a", "a\n", false)]
    [InlineData("spiffe://[^/]+/web", "spiffe://prod/web", true)]
    [InlineData("spiffe://[^/]+/web", "xspiffe://prod/web", false)]
    public void A_regular_expression_must_fit_the_whole_text(string pattern, string text, bool fits) =>
        Assert.Equal(fits, StringMatcher.TryRegex(pattern, out _)!.Matches(text));

    [Theory]
    [InlineData("(")]
    [InlineData(@"(a)\1")]
    [InlineData("(?=a)b")]
    [InlineData("spiffe://prod/web)|(?:spiffe://")]
    public void A_pattern_that_needs_backtracking_or_is_wrong_is_refused(string pattern)
    {
        Assert.Null(StringMatcher.TryRegex(pattern, out var problem));
        Assert.Contains("cannot be used", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pattern_that_is_too_long_is_refused() => Assert.Null(StringMatcher.TryRegex(new string('a', LinearRegex.MaxLength + 1), out _));
}
