using Zoneway.TwoZones.Client;

namespace Zoneway.TwoZones.Tests.Client;

public sealed class RequestLogTests
{
    private static readonly Instance East = new("east", "backend-east-1");

    private readonly RequestLog _log = new();

    [Fact]
    public void Last_MoreThanThereAre_IsAll()
    {
        Add(3);

        Assert.Equal([1, 2, 3], _log.Last(10).Select(static request => request.StartedAt));
    }

    [Fact]
    public void Last_FewerThanThereAre_IsTheNewest()
    {
        Add(5);

        Assert.Equal([4, 5], _log.Last(2).Select(static request => request.StartedAt));
    }

    [Theory]
    [InlineData(3, 2)]
    [InlineData(5, 0)]
    [InlineData(9, 0)]
    public void Last_AfterAPosition_LeavesOutWhatWasBefore(int after, int expected)
    {
        Add(5);

        Assert.Equal(expected, _log.Last(10, after).Count);
    }

    [Fact]
    public void Failures_SomeFailed_AreThose()
    {
        Add(2);
        var failure = new Request(Answer: null, "echo: reset", StartedAt: 3);
        _log.Add(failure);

        Assert.Equal([failure], _log.Failures());
        Assert.Equal(3, _log.Count);
        Assert.Equal(2, _log.CountByInstance()[East]);
    }

    private void Add(int count)
    {
        for (var i = 1; i <= count; i++)
        {
            _log.Add(new Request(East, Failure: null, i));
        }
    }
}
