using System.Net;
using System.Text;
using Zoneway.TestUtilities.Bootstrap;
using Zoneway.Xds.Bootstrap;

namespace Zoneway.Xds.Tests.Bootstrap;

public class BootstrapAnswerTests
{
    // Protocol §1.2, row by row.
    [Theory]
    [InlineData(422, "Token required: none given", false, "--dataplane-token-file")]
    [InlineData(422, "networking.port: must be set", false, "--dataplane-file")]
    [InlineData(400, "A data plane proxy is trying to connect to the control plane using \"x\" address", false, "certificate")]
    [InlineData(400, "", false, "version")]
    [InlineData(404, "", true, "zi-1")]
    [InlineData(404, "404: Page Not Found", false, "5678")]
    [InlineData(404, "something else", false, "--cp-address")]
    [InlineData(403, "no", false, "403")]
    [InlineData(301, "", false, "301")]
    [InlineData(500, "boom", true, "boom")]
    [InlineData(503, "", true, "503")]
    public void Read_Error_SaysWhetherToRetryAndWhatToDo(int status, string body, bool mayRetry, string hint)
    {
        var attempt = BootstrapAnswer.Read((HttpStatusCode)status, Encoding.UTF8.GetBytes(body), SampleBootstraps.Request);

        Assert.Null(attempt.Document);
        Assert.Equal(mayRetry, attempt.MayRetry);
        Assert.Contains(hint, attempt.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<html>hello</html>")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"bootstrap":1}""")]
    [InlineData("""{"bootstrap":"not base64!"}""")]
    public void Read_OkFromAnotherKindOfServer_GivesUp(string body)
    {
        var attempt = BootstrapAnswer.Read(HttpStatusCode.OK, Encoding.UTF8.GetBytes(body), SampleBootstraps.Request);

        Assert.Null(attempt.Document);
        Assert.False(attempt.MayRetry);
        Assert.Contains("--cp-address", attempt.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_UnusableDocument_SaysWhy()
    {
        var body = $$"""{"bootstrap":"{{Convert.ToBase64String("node: {id: a}"u8)}}"}""";

        var attempt = BootstrapAnswer.Read(HttpStatusCode.OK, Encoding.UTF8.GetBytes(body), SampleBootstraps.Request);

        Assert.Null(attempt.Document);
        Assert.Contains("adsConfig", attempt.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_LongTextOfManyLines_IsQuotedShortOnOneLine()
    {
        var attempt = BootstrapAnswer.Read(HttpStatusCode.InternalServerError, Encoding.UTF8.GetBytes(new string('x', 100_000) + "\n"), SampleBootstraps.Request);
        var forged = BootstrapAnswer.Read(HttpStatusCode.InternalServerError, "a\r\nforged log line"u8.ToArray(), SampleBootstraps.Request);

        Assert.InRange(attempt.Error.Length, 500, 600);
        Assert.DoesNotContain('\n', forged.Error);
    }
}
