using System.Buffers;
using System.Text;
using Zoneway.SniRouter.AccessLogs;

namespace Zoneway.SniRouter.Tests.AccessLogs;

public sealed class AccessLogFormatTests
{
    private static readonly AccessLogJson Json = AccessLogJson.Object(
    [
        new("took", Template("%DURATION%")),
        new("text", Template("%DURATION% ms \"x\"")),
        new("host", Template("%UPSTREAM_HOST%")),
        new("list", AccessLogJson.List([AccessLogJson.Constant(number: 1), AccessLogJson.Constant(truth: true), AccessLogJson.Constant()])),
        new("inner", AccessLogJson.Object([new("cluster", Template("%UPSTREAM_CLUSTER%"))])),
    ]);

    [Fact]
    public void Text_OmitEmptyValues_LeavesOutDashes()
    {
        var template = AccessLogTemplate.TryParse("<%UPSTREAM_HOST%>\n", out _)!;

        Assert.Equal("<->\n", Line(AccessLogFormat.Text(template)));
        Assert.Equal("<>\n", Line(AccessLogFormat.Text(template, omitEmptyValues: true)));
    }

    [Fact]
    public void Json_Typed_NumbersAndNulls() => Assert.Equal(
        """{"took":1234,"text":"1234 ms \"x\"","host":null,"list":[1,true,null],"inner":{"cluster":null}}""" + "\n", Line(AccessLogFormat.Json(Json, typed: true)));

    [Fact]
    public void Json_Untyped_EveryTemplateIsAString() => Assert.Equal(
        """{"took":"1234","text":"1234 ms \"x\"","host":"-","list":[1,true,null],"inner":{"cluster":"-"}}""" + "\n", Line(AccessLogFormat.Json(Json, typed: false)));

    [Fact]
    public void Json_OmitEmptyValues_LeavesOutMembers() => Assert.Equal(
        """{"took":1234,"text":"1234 ms \"x\"","list":[1,true,null],"inner":{}}""" + "\n", Line(AccessLogFormat.Json(Json, typed: true, omitEmptyValues: true)));

    private static AccessLogJson Template(string text) => AccessLogJson.Template(AccessLogTemplate.TryParse(text, out _)!);

    private static string Line(AccessLogFormat format)
    {
        var bytes = new ArrayBufferWriter<byte>();
        format.Write(AccessLogTemplateTests.TestEntry(), bytes);
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }
}
