using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Zoneway.Xds.Files;

namespace Zoneway.Xds.Tests.Files;

public sealed class YamlToJsonTests
{
    [Theory]
    [InlineData("a: 1", """{"a":1}""")]
    [InlineData("a: \"1\"", """{"a":"1"}""")]
    [InlineData("a: '1'", """{"a":"1"}""")]
    [InlineData("a: !!str 1", """{"a":"1"}""")]
    [InlineData("a: ! 1", """{"a":"1"}""")]
    [InlineData("a: yes", """{"a":"yes"}""")]
    [InlineData("a: True", """{"a":true}""")]
    [InlineData("a: false", """{"a":false}""")]
    [InlineData("a:", """{"a":null}""")]
    [InlineData("a: ~", """{"a":null}""")]
    [InlineData("a: -12", """{"a":-12}""")]
    [InlineData("a: +12", """{"a":12}""")]
    [InlineData("a: 0o17", """{"a":15}""")]
    [InlineData("a: 0o7777777777777777777777", """{"a":"0o7777777777777777777777"}""")]
    [InlineData("a: 0x1F", """{"a":31}""")]
    [InlineData("a: 012", """{"a":12}""")]
    [InlineData("a: 1_000", """{"a":"1_000"}""")]
    [InlineData("a: 18446744073709551615", """{"a":18446744073709551615}""")]
    [InlineData("a: 1.5", """{"a":1.5}""")]
    [InlineData("a: .5", """{"a":0.5}""")]
    [InlineData("a: 1e3", """{"a":1000}""")]
    [InlineData("a: .inf", """{"a":"Infinity"}""")]
    [InlineData("a: 2.14.3", """{"a":"2.14.3"}""")]
    [InlineData("a: 2026-01-01", """{"a":"2026-01-01"}""")]
    [InlineData("a: 5s", """{"a":"5s"}""")]
    [InlineData("8080: x", """{"8080":"x"}""")]
    [InlineData("[a, {b: c}]", """["a",{"b":"c"}]""")]
    [InlineData("{\"a\": [1, true, null, \"x\\u0041\"]}", """{"a":[1,true,null,"xA"]}""")]
    [InlineData("a: |\n  x\n  y\n", """{"a":"x\ny\n"}""")]
    [InlineData("a: &x {b: 1}\nc: *x", """{"a":{"b":1},"c":{"b":1}}""")]
    [InlineData("", "null")]
    [InlineData("# only a comment", "null")]
    public void ToJson_Text_FollowsCoreSchema(string yaml, string json) => Assert.Equal(JsonNode.Parse(json)?.ToJsonString() ?? "null", YamlToJson.ToJson(yaml));

    [Theory]
    [InlineData("a: 1\na: 2", 2, 1, "twice")]
    [InlineData("a: 1\nb: ]", 2, 4, "")]
    [InlineData("a: *x", 1, 4, "names no anchor")]
    [InlineData("a: &x [*x]", 1, 8, "names no anchor")]
    [InlineData("? [a]\n: b", 1, 3, "key")]
    [InlineData("a: !!int x", 1, 4, "type int")]
    [InlineData("a: !custom x", 1, 4, "tags")]
    [InlineData("a: !custom [x]", 1, 4, "tags")]
    [InlineData("a: 1\n---\nb: 2", 3, 1, "another")]
    public void Parse_BadText_NamesLineAndColumn(string yaml, int line, int column, string reason)
    {
        var exception = Assert.Throws<YamlFormatException>(() => YamlToJson.Parse(yaml));

        Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
        Assert.Equal((line, column), (exception.Line, exception.Column));
    }

    [Fact]
    public void ParseAll_SeveralDocuments_GivesEachWithItsLine()
    {
        var documents = YamlToJson.ParseAll("a: 1\n---\n\nb: 2\n---\n");

        Assert.Equal([1, 4], documents.Take(2).Select(document => document.Line));
        Assert.Equal(["""{"a":1}""", """{"b":2}""", null], documents.Select(document => document.Content?.ToJsonString()));
    }

    [Fact]
    public void Parse_BillionLaughs_IsRefused()
    {
        var yaml = new StringBuilder("a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
        for (var i = 1; i < 20; i++)
        {
            yaml.Append($"a{i}: &a{i} [").AppendJoin(", ", Enumerable.Repeat($"*a{i - 1}", 9)).Append("]\n");
        }

        var exception = Assert.Throws<YamlFormatException>(() => YamlToJson.Parse(yaml.ToString()));

        Assert.Contains("expand", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_LongScalarAliasedOften_IsRefused()
    {
        var yaml = $"a: &a {new string('x', 100_000)}\nb: [{string.Join(", ", Enumerable.Repeat("*a", 1000))}]";

        Assert.Throws<YamlFormatException>(() => YamlToJson.Parse(yaml));
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{a: ", "}")]
    public void Parse_NestedTooDeep_IsRefused(string open, string close)
    {
        string Nested(int depth) => string.Concat(Enumerable.Repeat(open, depth)) + "x" + string.Concat(Enumerable.Repeat(close, depth));

        Assert.NotNull(YamlToJson.Parse(Nested(YamlToJson.MaxDepth - 1)));
        Assert.Throws<YamlFormatException>(() => YamlToJson.Parse(Nested(YamlToJson.MaxDepth)));
        Assert.Throws<YamlFormatException>(() => YamlToJson.Parse(Nested(100_000)));
    }

    [Fact]
    public void Parse_AliasChainNestedTooDeep_IsRefused()
    {
        var yaml = new StringBuilder("a0: &a0 [x]\n");
        for (var i = 1; i < 200; i++)
        {
            yaml.Append($"a{i}: &a{i} [*a{i - 1}]\n");
        }

        Assert.Throws<YamlFormatException>(() => YamlToJson.Parse(yaml.ToString()));
    }

    [Fact]
    public void Parse_AnyText_FailsOnlyWithItsOwnException()
    {
        string[] pieces = ["a", ":", " ", "\n", "- ", "[", "]", "{", "}", "&x ", "*x", "|", ">", "'", "\"", "!", "!!str ", "?", "---", "...", "%", "#", "\\U", "\\x4", "\t", "~", "1", ",", "\r", "\0", "\ud800"];
        var text = Gen.Elements(pieces).ArrayOf().Select(string.Concat);

        Prop.ForAll(text.ToArbitrary(), yaml =>
        {
            try
            {
                YamlToJson.ToJson(yaml);
            }
            catch (YamlFormatException)
            {
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20000).WithEndSize(60));
    }
}
