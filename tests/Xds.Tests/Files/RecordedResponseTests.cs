using Envoy.Config.Cluster.V3;
using Envoy.Service.Discovery.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Zoneway.Xds.Files;
using Zoneway.Xds.Protocol;

namespace Zoneway.Xds.Tests.Files;

public sealed class RecordedResponseTests
{
    private static readonly Any Body = new() { TypeUrl = TypeUrls.Cluster, Value = new Cluster { Name = "c" }.ToByteString() };

    [Fact]
    public void Read_StateOfTheWorld_GivesBareResources()
    {
        var bytes = new DiscoveryResponse { VersionInfo = "v", TypeUrl = TypeUrls.Cluster, Nonce = "n", Resources = { Body, Body } }.ToByteArray();

        Assert.True(RecordedResponse.IsBinary(bytes));
        Assert.Equal([("resources[0]", "", Body), ("resources[1]", "", Body)], RecordedResponse.Read(bytes)!);
    }

    [Fact]
    public void Read_WrappedInStateOfTheWorld_GivesNames()
    {
        var wrapped = new Any { TypeUrl = TypeUrls.Prefix + Resource.Descriptor.FullName, Value = new Resource { Name = "c", Resource_ = Body }.ToByteString() };

        Assert.Equal(("resources[0]", "c", Body), Assert.Single(RecordedResponse.Read(new DiscoveryResponse { Resources = { wrapped } }.ToByteArray())!));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    public void Read_Delta_GivesNames(string version)
    {
        var bytes = new DeltaDiscoveryResponse { SystemVersionInfo = "v", Nonce = "n", Resources = { new Resource { Name = "c", Version = version, Resource_ = Body } } }.ToByteArray();

        Assert.True(RecordedResponse.IsBinary(bytes));
        Assert.Equal(("resources[0]", "c", Body), Assert.Single(RecordedResponse.Read(bytes)!));
    }

    [Fact]
    public void Read_EveryPrefixAndEveryChangedByte_NeverThrows()
    {
        var bytes = new DeltaDiscoveryResponse { TypeUrl = TypeUrls.Cluster, Resources = { new Resource { Name = "c", Version = "1", Resource_ = Body } } }.ToByteArray();
        for (var i = 0; i < bytes.Length; i++)
        {
            RecordedResponse.Read(bytes.AsSpan(0, i));
            for (var value = 0; value < 256; value++)
            {
                var changed = (byte[])bytes.Clone();
                changed[i] = (byte)value;
                RecordedResponse.Read(changed);
            }
        }
    }

    [Theory]
    [InlineData("resources: []\r\n\t", false)]
    [InlineData("name: größe", false)]
    [InlineData("a\0b", true)]
    public void IsBinary_TellsFromText(string text, bool expected) => Assert.Equal(expected, RecordedResponse.IsBinary(System.Text.Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void IsBinary_NotUtf8_IsBinary() => Assert.True(RecordedResponse.IsBinary([(byte)'a', 0xFF]));
}
