using Zoneway.TwoZones.Client;
using Zoneway.TwoZones.Script;

namespace Zoneway.TwoZones.Tests.Script;

public sealed class SplitTests
{
    private static readonly Instance East1 = new("east", "backend-east-1");
    private static readonly Instance East2 = new("east", "backend-east-2");
    private static readonly Instance North1 = new("north", "backend-north-1");

    private readonly Split _split = new([East1, East2, North1]);

    [Fact]
    public void Zones_SeveralInstances_CountsThem()
    {
        Assert.Equal([("east", 2), ("north", 1)], _split.Zones);
        Assert.Equal(3, _split.CycleLength);
        Assert.Equal("2 : 1", _split.ToString());
    }

    [Fact]
    public void FindDeviation_EachInstanceOnceInEachCycle_IsNone()
    {
        Assert.Null(_split.FindDeviation(Answers(East1, East2, North1, North1, East2, East1)));
    }

    [Fact]
    public void FindDeviation_AnyWindowOfSteadyCycle_IsNone()
    {
        var steady = Enumerable.Repeat(Answers(East1, North1, East2), 4).SelectMany(static cycle => cycle).ToList();

        for (var begin = 0; begin < 3; begin++)
        {
            Assert.Null(_split.FindDeviation(steady[begin..(begin + 9)]));
        }
    }

    [Fact]
    public void FindDeviation_ZonesExactOverallButNotInACycle_SaysSo()
    {
        var deviation = _split.FindDeviation(Answers(East1, East2, East1, North1, East2, North1));

        Assert.Equal("3 requests in a row went to east/backend-east-1, east/backend-east-2, east/backend-east-1", deviation);
    }

    [Fact]
    public void FindDeviation_ZonesExactButOneInstanceIdle_SaysSo()
    {
        Assert.NotNull(_split.FindDeviation(Answers(East1, East1, North1)));
    }

    [Fact]
    public void FindDeviation_StrangeInstance_SaysSo()
    {
        Assert.NotNull(_split.FindDeviation(Answers(East1, new Instance("east", "backend-east-3"), North1)));
    }

    [Fact]
    public void FindDeviation_FailedRequest_SaysWhy()
    {
        List<Request> requests = [.. Answers(East1, East2), new Request(Answer: null, "connect: refused", StartedAt: 0)];

        Assert.Equal("a request failed: connect: refused", _split.FindDeviation(requests));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void FindDeviation_NoFullCycles_SaysSo(int count)
    {
        var deviation = _split.FindDeviation(Answers([.. Enumerable.Repeat(East1, count)]));

        Assert.Equal($"{count} requests are no full cycles of 3", deviation);
    }

    private static List<Request> Answers(params Instance[] instances) => [.. instances.Select(static instance => new Request(instance, Failure: null, StartedAt: 0))];
}
