using Zoneway.SniRouter.Engine;

namespace Zoneway.SniRouter.Tests.Engine;

public sealed class EventTagTests
{
    [Theory]
    [InlineData(0, 0u, false)]
    [InlineData(1, 7u, true)]
    [InlineData(int.MaxValue, uint.MaxValue, true)]
    public void Connection_AnyParts_ComeBack(int slot, uint generation, bool upstream)
    {
        var tag = EventTag.Connection(slot, generation, upstream);

        Assert.Equal((EventKind.Connection, slot, upstream), (tag.Kind, tag.Slot, tag.IsUpstream));
        Assert.True(tag.IsOf(generation));
        Assert.False(tag.IsOf(generation + 1));
    }

    [Fact]
    public void Kinds_AreToldApart()
    {
        Assert.Equal((EventKind.Listener, 42), (EventTag.Listener(42).Kind, EventTag.Listener(42).Slot));
        Assert.Equal(EventKind.Wake, EventTag.Wake.Kind);
    }
}
