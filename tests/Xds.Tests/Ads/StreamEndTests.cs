using Zoneway.Xds.Ads;
using Zoneway.Xds.Grpc;

namespace Zoneway.Xds.Tests.Ads;

public sealed class StreamEndTests
{
    [Theory]
    [InlineData(2, "authentication failed: token is expired", "token")]
    [InlineData(2, "there is already an active stream from this node, try again later", "same name")]
    [InlineData(2, "something else", "control plane's log")]
    [InlineData(8, "message too large", "raise the limit")]
    [InlineData(12, "unknown method", "bootstrap document anew")]
    [InlineData(14, "connection refused", "address")]
    [InlineData(16, "", "token")]
    public void From_AStatus_TellsWhatToDo(int code, string detail, string advice)
    {
        var end = StreamEnd.From(new Status((StatusCode)code, detail));

        Assert.True(end.IsFailure);
        Assert.Contains(advice, end.Advice, StringComparison.Ordinal);
        Assert.Contains(detail, end.Reason, StringComparison.Ordinal);
    }
}
