using System.Text;
using YamlDotNet.Core;
using Zoneway.ZoneControlPlane.Resources.Yaml;

namespace Zoneway.ZoneControlPlane.Tests.Resources;

public sealed class YamlDocumentReaderTests
{
    private const int MaxNodes = 10_000;

    [Fact]
    public void Read_SeveralDocuments_KeepsLinesAndSkipsEmptyOnes()
    {
        var documents = YamlDocumentReader.Read("a: 1\n---\n---\n# only a comment\n---\n- x\n-\n  b: 2\n", MaxNodes);

        Assert.Equal(2, documents.Count);
        Assert.Equal("1", documents[0].Fields!.Single().Value.Scalar);
        Assert.Equal((7, 8), (documents[1].Items![0].Line + 1, documents[1].Items![1].Line));
    }

    [Fact]
    public void Read_Json_IsReadLikeYaml()
    {
        var root = YamlDocumentReader.Read("""{"type":"ZoneIngress","port":10001,"tags":{"a":"b"},"none":null,"empty":""}""", MaxNodes).Single();

        Assert.Equal(["type", "port", "tags", "none", "empty"], root.Fields!.Select(static field => field.Name));
        Assert.Equal("10001", root.Fields![1].Value.Scalar);
        Assert.True(root.Fields[3].Value.IsNull);
        Assert.Equal("", root.Fields[4].Value.Scalar);
    }

    [Fact]
    public void Read_Alias_StandsForItsAnchor()
    {
        var root = YamlDocumentReader.Read("a: &x {k: v}\nb: *x\n", MaxNodes).Single();

        Assert.Equal("v", root.Fields![1].Value.Fields!.Single().Value.Scalar);
    }

    [Theory]
    [InlineData("a: 1\na: 2\n", 2)]
    [InlineData("ok: 1\n? {x: y}\n: 2\n", 2)]
    [InlineData("a: [1\n", 2)]
    [InlineData("a: *nowhere\n", 1)]
    [InlineData("a: &x [*x]\n", 1)]
    public void Read_Malformed_NamesTheLine(string text, int line)
    {
        var exception = Assert.ThrowsAny<YamlException>(() => YamlDocumentReader.Read(text, MaxNodes));

        Assert.Equal(line, (int)exception.Start.Line);
    }

    [Fact]
    public void Read_AliasesThatMultiply_AreRefused()
    {
        var text = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for (var level = 1; level < 30; level++)
        {
            text.Append($"a{level}: &a{level} [{string.Join(',', Enumerable.Repeat($"*a{level - 1}", 10))}]\n");
        }

        var exception = Assert.ThrowsAny<YamlException>(() => YamlDocumentReader.Read(text.ToString(), MaxNodes));

        Assert.Contains("more than 10000 values", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData('[')]
    [InlineData('{')]
    public void Read_DeepNesting_IsRefusedInsteadOfOverflowingTheStack(char open)
    {
        var text = string.Concat(Enumerable.Repeat(open == '{' ? "{a: " : "[", 5_000));

        Assert.ThrowsAny<YamlException>(() => YamlDocumentReader.Read(text, MaxNodes));
    }
}
