using Zoneway.LoadTest.Load;

namespace Zoneway.LoadTest.Tests.Load;

public sealed class StreamOrderTests
{
    [Theory]
    [InlineData(HelloShape.Small)]
    [InlineData(HelloShape.PostQuantum)]
    public void TryRead_HelloWithOrder_GivesItBack(object shape)
    {
        var hello = HelloBook.Build((HelloShape)shape, route: 3);
        new StreamOrder(StreamKind.Sink, 4711).WriteTo(hello);

        Assert.True(StreamOrder.TryRead(hello, out var order, out var isIntact));

        Assert.Equal(new StreamOrder(StreamKind.Sink, 4711), order);
        Assert.True(isIntact);
    }

    [Fact]
    public void TryRead_AnyByteChanged_IsNotIntact()
    {
        var hello = HelloBook.Build(HelloShape.Small, route: 3);
        new StreamOrder(StreamKind.Sink, 4711).WriteTo(hello);
        for (var i = 0; i < hello.Length; i++)
        {
            hello[i] ^= 0x10;

            Assert.False(StreamOrder.TryRead(hello, out _, out var isIntact) && isIntact);

            hello[i] ^= 0x10;
        }
    }

    [Fact]
    public void TryRead_HelloWithoutOrder_IsFalse()
    {
        Assert.False(StreamOrder.TryRead(HelloBook.Build(HelloShape.Small, 0), out _, out _));
        Assert.False(StreamOrder.TryRead(new byte[10], out _, out _));
    }
}
