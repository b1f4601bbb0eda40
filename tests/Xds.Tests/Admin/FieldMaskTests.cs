using System.Text.Json.Nodes;
using Zoneway.Xds.Admin;

namespace Zoneway.Xds.Tests.Admin;

public sealed class FieldMaskTests
{
    [Theory]
    [InlineData("", """{"@type":"t","a":{"b":1,"c":2},"d":3}""")]
    [InlineData("a", """{"@type":"t","a":{"b":1,"c":2}}""")]
    [InlineData("a.b,d", """{"@type":"t","a":{"b":1},"d":3}""")]
    [InlineData("a.x", """{"@type":"t","a":{}}""")]
    [InlineData("x", """{"@type":"t"}""")]
    public void Apply_KeepsWhatIsNamed(string mask, string expected)
    {
        var message = JsonNode.Parse("""{"@type":"t","a":{"b":1,"c":2},"d":3}""")!.AsObject();

        Assert.Equal(expected, FieldMask.Apply(message, mask.Split(',', StringSplitOptions.RemoveEmptyEntries)).ToJsonString());
    }
}
