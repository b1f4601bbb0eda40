using System.Net;
using System.Text;
using Zoneway.SniRouter.Clusters.Hashing;

namespace Zoneway.SniRouter.Tests.Clusters.Hashing;

public sealed class HashFunctionTests
{
    // From the reference implementation's documentation and its bindings for Python.
    [Theory]
    [InlineData("", 0, 0xEF46DB3751D8E999)]
    [InlineData("a", 0, 0xD24EC4F1A98C6E5B)]
    [InlineData("abc", 0, 0x44BC2CF5AD770999)]
    [InlineData("Nobody inspects the spammish repetition", 0, 0xFBCEA83C8A378BF1)]
    [InlineData("xxhash", 20141025, 0xB559B98D844E0635)]
    public void XxHash64_KnownValues(string text, ulong seed, ulong expected) => Assert.Equal(expected, XxHash64.Of(Encoding.ASCII.GetBytes(text), seed));

    // What std::hash<std::string> of g++ 12 says on x86-64.
    [Theory]
    [InlineData("", 0x553E93901E462A6E)]
    [InlineData("a", 0x454DDEE488C1ED6B)]
    [InlineData("abcdefg", 0xDEEE6830A3AF82AF)]
    [InlineData("abcdefgh", 0x783DB3E38DB898BB)]
    [InlineData("10.0.0.1:80_0", 0xBD8F6461ECFFB28C)]
    [InlineData("The quick brown fox jumps over the lazy dog", 0xDCCBF2541704BC75)]
    public void MurmurHash2_IsThatOfGnuCpp(string text, ulong expected) => Assert.Equal(expected, MurmurHash2.Of(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void SourceHash_MappedAddress_IsThatOfTheIpv4Address()
    {
        var address = IPAddress.Parse("192.0.2.7");

        Assert.Equal(SourceHash.Of(new IPEndPoint(address, 1)), SourceHash.Of(new IPEndPoint(address.MapToIPv6(), 2)));
        Assert.NotEqual(SourceHash.Of(new IPEndPoint(address, 1)), SourceHash.Of(new IPEndPoint(IPAddress.Parse("192.0.2.8"), 1)));
        Assert.Null(SourceHash.Of((EndPoint?)null));
    }
}
