using Zoneway.TestUtilities;
using Zoneway.Xds.Resources;

namespace Zoneway.Xds.Tests.Resources;

public sealed class HeapTrimmerTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly HeapTrimmer _trimmer;
    private int _trims;

    public HeapTrimmerTests() => _trimmer = new HeapTrimmer(_time, () => _trims++);

    public void Dispose() => _trimmer.Dispose();

    [Fact]
    public void Changed_SmallChanges_NeverTrims()
    {
        for (var i = 0; i < 100; i++)
        {
            _trimmer.Changed(HeapTrimmer.LargeChange - 1);
            _time.Advance(HeapTrimmer.Interval);
        }

        Assert.Equal(0, _trims);
    }

    [Fact]
    public void Changed_SeveralLargeChanges_TrimsOnceAfterTheLast()
    {
        _trimmer.Changed(HeapTrimmer.LargeChange);
        _time.Advance(HeapTrimmer.Delay / 2);
        _trimmer.Changed(HeapTrimmer.LargeChange);
        _time.Advance(HeapTrimmer.Delay / 2);
        Assert.Equal(0, _trims);

        _time.Advance(HeapTrimmer.Delay);
        Assert.Equal(1, _trims);
    }

    [Fact]
    public void Changed_SoonAfterATrim_WaitsForTheInterval()
    {
        _trimmer.Changed(HeapTrimmer.LargeChange);
        _time.Advance(HeapTrimmer.Delay);
        _trimmer.Changed(HeapTrimmer.LargeChange);

        _time.Advance(HeapTrimmer.Interval - HeapTrimmer.Delay);
        Assert.Equal(1, _trims);

        _time.Advance(HeapTrimmer.Delay);
        Assert.Equal(2, _trims);
    }
}
