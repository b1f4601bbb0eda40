using System.Text;
using Zoneway.LoadTest.Load;
using Zoneway.SniRouter.Tls;

namespace Zoneway.LoadTest.Tests.Load;

public sealed class HelloBookTests
{
    [Theory]
    [InlineData(HelloShape.Small, 300, 360)]
    [InlineData(HelloShape.PostQuantum, 1700, 1850)]
    public void Build_Route_IsAHelloForItsServerName(object shape, int least, int most)
    {
        var hello = HelloBook.Build((HelloShape)shape, route: 42);

        Assert.InRange(hello.Length, least, most);
        using var reader = new ClientHelloReader();
        Assert.Equal(ClientHelloReadStatus.Complete, reader.Read(hello));
        Assert.Equal("s42.bench.test", Encoding.ASCII.GetString(reader.Hello.ServerName));
    }
}
