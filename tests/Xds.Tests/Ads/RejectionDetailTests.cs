using System.Text;
using Zoneway.Xds.Ads;
using Zoneway.Xds.Resources;

namespace Zoneway.Xds.Tests.Ads;

public sealed class RejectionDetailTests
{
    [Fact]
    public void From_NoErrorOrOnlyKnownOnes_IsAnAcknowledgement()
    {
        Assert.Null(RejectionDetail.From([]));
        Assert.Null(RejectionDetail.From([new("a", "", "is bad", IsNew: false)]));
    }

    [Fact]
    public void From_ANewError_ComesFirstUnderInvalidArgument()
    {
        var status = RejectionDetail.From([new("a", "", "is known", IsNew: false), new("b", "x", "is bad", IsNew: true)]);

        Assert.Equal((3, "b: x: is bad; a: is known"), (status!.Code, status.Message));
    }

    [Theory]
    [InlineData(1000, 10)]
    [InlineData(10, 1000)]
    [InlineData(1, 100_000)]
    [InlineData(30, 2000)]
    public void From_ManyOrLongErrors_StaysWithinFourKibibytesAndTellsHowManyMore(int count, int length)
    {
        var errors = Enumerable.Range(0, count).Select(i => new ResourceError($"r{i}", "", new string('€', length), IsNew: true)).ToList();

        var message = RejectionDetail.From(errors)!.Message;

        Assert.InRange(Encoding.UTF8.GetByteCount(message), 1, 4096);
        Assert.StartsWith("r0: €", message, StringComparison.Ordinal);
        Assert.Equal(count > 1, message.EndsWith(" more", StringComparison.Ordinal));
    }
}
