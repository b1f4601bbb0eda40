using Google.Protobuf.WellKnownTypes;
using Zoneway.SniRouter.Clusters;
using Zoneway.Xds.Translation;

namespace Zoneway.Xds.Tests.Translation;

public sealed class MetadataTranslatorTests
{
    [Theory]
    [InlineData("\"2\"", MetadataKind.String, "2")]
    [InlineData("2", MetadataKind.Number, "2")]
    [InlineData("0.1", MetadataKind.Number, "0.1")]
    [InlineData("true", MetadataKind.Boolean, "true")]
    [InlineData("null", MetadataKind.Json, "null")]
    [InlineData("[\"a\", 1, {}, []]", MetadataKind.Json, "[\"a\",1,{},[]]")]
    [InlineData("{\"b\": \"\\\"\", \"a\": {\"c\": false}}", MetadataKind.Json, "{\"a\":{\"c\":false},\"b\":\"\\u0022\"}")]
    public void Translate_Value_KeepsKindAndOrderlessText(string json, MetadataKind kind, string text)
    {
        var metadata = MetadataTranslator.Translate(Struct.Parser.ParseJson($"{{\"k\": {json}}}"));

        Assert.True(metadata.TryGetValue("k", out var value));
        Assert.Equal(new MetadataValue(kind, text), value);
    }

    [Fact]
    public void Translate_NumbersBeyondJson_AreText()
    {
        var metadata = MetadataTranslator.Translate(new Struct { Fields = { ["k"] = Value.ForNumber(double.NaN) } });

        Assert.Equal("k=NaN", metadata.ToString());
    }

    [Fact]
    public void Translate_OtherOrOlderKeys_AreNotLoadBalancing()
    {
        var metadata = new Envoy.Config.Core.V3.Metadata { FilterMetadata = { ["envoy.transport_socket_match"] = new Struct { Fields = { ["k"] = Value.ForString("v") } } } };

        Assert.Equal(EndpointMetadata.Empty, MetadataTranslator.Translate(metadata));
        Assert.Equal(EndpointMetadata.Empty, MetadataTranslator.Translate((Envoy.Config.Core.V3.Metadata?)null));
    }
}
