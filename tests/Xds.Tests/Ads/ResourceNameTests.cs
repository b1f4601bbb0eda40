using Envoy.Config.Cluster.V3;
using Google.Protobuf;
using Zoneway.Xds.Ads;
using Zoneway.Xds.Protocol;

namespace Zoneway.Xds.Tests.Ads;

public sealed class ResourceNameTests
{
    public static TheoryData<string> TypeUrlsWithNames => [TypeUrls.Cluster, TypeUrls.ClusterLoadAssignment, TypeUrls.Listener, TypeUrls.Secret];

    [Theory]
    [MemberData(nameof(TypeUrlsWithNames))]
    public void Schema_OfEachType_HasTheNameInFieldOne(string typeUrl)
    {
        var field = XdsTypeRegistry.Instance.Find(typeUrl[TypeUrls.Prefix.Length..]).FindFieldByNumber(1);

        Assert.Contains(field.Name, (string[])["name", "cluster_name"]);
    }

    [Fact]
    public void TryRead_NameAfterOtherFields_IsFound()
    {
        var others = new Cluster { LbPolicy = Cluster.Types.LbPolicy.LeastRequest, AltStatName = "x" }.ToByteArray();
        var name = new Cluster { Name = "backend{mesh=default}" }.ToByteArray();

        Assert.True(ResourceName.TryRead(ByteString.CopyFrom([.. others, .. name]), out var read));
        Assert.Equal("backend{mesh=default}", read);
    }

    [Fact]
    public void TryRead_NameTwice_TheLastCounts()
    {
        var bytes = ByteString.CopyFrom([.. new Cluster { Name = "a" }.ToByteArray(), .. new Cluster { Name = "b" }.ToByteArray()]);

        Assert.True(ResourceName.TryRead(bytes, out var read));
        Assert.Equal("b", read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("FF")]
    [InlineData("0AFF")]
    [InlineData("0A00")]
    [InlineData("0AFFFFFFFF0F61")]
    [InlineData("0B0B0B0B")]
    [InlineData("0A02C328FF")]
    public void TryRead_NoMessageOrNoName_SaysSo(string hex)
    {
        var isRead = ResourceName.TryRead(ByteString.CopyFrom(Convert.FromHexString(hex)), out var name);

        // What is no UTF-8 may be read with replacement characters: a name all the same.
        Assert.True(!isRead || name!.Contains('\uFFFD'));
    }

    [Fact]
    public void TryRead_NameTooLong_IsNone() =>
        Assert.False(ResourceName.TryRead(new Cluster { Name = new string('n', 5000) }.ToByteString(), out _));
}
