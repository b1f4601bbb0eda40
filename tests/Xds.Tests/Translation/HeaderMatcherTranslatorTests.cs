using Envoy.Config.Route.V3;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Zoneway.Xds.Translation;

namespace Zoneway.Xds.Tests.Translation;

public sealed class HeaderMatcherTranslatorTests
{
    [Theory]
    [InlineData("'exactMatch': 'blue'", "blue", "blues")]
    [InlineData("'safeRegexMatch': {'regex': 'b.*e'}", "blue", "blues")]
    [InlineData("'rangeMatch': {'start': '1', 'end': '5'}", "1", "5")]
    [InlineData("'prefixMatch': 'bl'", "blue", "red")]
    [InlineData("'suffixMatch': 'ue'", "blue", "red")]
    [InlineData("'containsMatch': 'lu'", "blue", "red")]
    [InlineData("'stringMatch': {'exact': 'BLUE', 'ignoreCase': true}", "blue", "blues")]
    [InlineData("'stringMatch': {'prefix': 'bl'}, 'invertMatch': true", "red", "blue")]
    [InlineData("'exactMatch': ''", "blue", null)]
    [InlineData("'presentMatch': true", "", null)]
    [InlineData("'presentMatch': false", null, "blue")]
    [InlineData("'presentMatch': false, 'invertMatch': true", "blue", null)]
    [InlineData("'stringMatch': {'exact': ''}, 'treatMissingHeaderAsEmpty': true", null, "blue")]
    [InlineData("'invertMatch': false", "blue", null)]
    public void Translate_EveryKind_MeansWhatEnvoyMeans(string fields, string? fitting, string? other)
    {
        var findings = new Findings("r");

        var matcher = HeaderMatcherTranslator.Translate(Parse(fields), findings);

        Assert.False(findings.HasErrors);
        Assert.True(matcher!.Matches(Request(fitting)));
        Assert.False(matcher.Matches(Request(other)));
    }

    [Theory]
    [InlineData("'prefixMatch': ''", "prefix_match")]
    [InlineData("'suffixMatch': ''", "suffix_match")]
    [InlineData("'containsMatch': ''", "contains_match")]
    [InlineData("'stringMatch': {}", "string_match")]
    [InlineData("'stringMatch': {'prefix': ''}", "string_match")]
    [InlineData("'stringMatch': {'custom': {'name': 'lua'}}", "string_match")]
    [InlineData("'safeRegexMatch': {}", "safe_regex_match.regex")]
    [InlineData("'safeRegexMatch': {'regex': '(a)\\\\1'}", "safe_regex_match.regex")]
    [InlineData("'safeRegexMatch': {'regex': '[[:alpha:]]+'}", "safe_regex_match.regex")]
    [InlineData("'name': ':status'", "name")]
    [InlineData("'name': ''", "name")]
    public void Translate_WhatCannotBeEvaluated_IsRejected(string fields, string field)
    {
        var findings = new Findings("r");

        Assert.Null(HeaderMatcherTranslator.Translate(Parse(fields), findings.At("header")));
        Assert.Equal($"header.{field}", findings.FirstError?.Field);
    }

    private static HeaderMatcher Parse(string fields) =>
        JsonParser.Default.Parse<HeaderMatcher>($"{{{(fields.Contains("'name': '", StringComparison.Ordinal) && !fields.Contains("lua", StringComparison.Ordinal) ? "" : "'name': 'x-team', ")}{fields}}}".Replace('\'', '"'));

    private static HttpRequest Request(string? team)
    {
        var request = new DefaultHttpContext().Request;
        if (team is not null)
        {
            request.Headers["x-team"] = team;
        }

        return request;
    }
}
