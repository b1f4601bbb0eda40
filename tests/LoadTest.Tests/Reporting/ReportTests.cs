using System.Text.Json;
using Zoneway.LoadTest.Cases;
using Zoneway.LoadTest.Reporting;
using Zoneway.LoadTest.Running;

namespace Zoneway.LoadTest.Tests.Reporting;

public sealed class ReportTests
{
    private static readonly ReportHeader Header =
        new(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero), "2 × a processor", new BenchOptions(), TimeSpan.FromMinutes(5), WasCutShort: false);

    private readonly PingPongCase _case = new(64, 8);
    private readonly ResultBook _results;

    public ReportTests()
    {
        _results = new ResultBook([_case], [FakeContender.Subject, FakeContender.FirstPeer]);
        _results.Add(_case, FakeContender.Subject, FakeContender.Sample(1, 110));
        _results.Add(_case, FakeContender.FirstPeer, FakeContender.Sample(1, 100));
    }

    [Fact]
    public void Markdown_Samples_HasMediansAndRatios()
    {
        var text = MarkdownReport.Write(Header, _results);

        Assert.Contains("# Load test of 2026-11-21 12:00 UTC", text);
        Assert.Contains("| | mine | one |", text);
        Assert.Contains("| rate, messages/s ↑ | **110** (1.10) | *100* |", text);
        Assert.DoesNotContain("## Problems", text);
    }

    [Fact]
    public void Json_Samples_HasMediansRatiosAndValues()
    {
        using var document = JsonDocument.Parse(JsonReport.Write(Header, _results));

        var metric = document.RootElement.GetProperty("cases")[0].GetProperty("metrics")[0];
        var mine = metric.GetProperty("contenders").GetProperty("mine");
        Assert.Equal("one", metric.GetProperty("bestPeer").GetString());
        Assert.Equal(110, mine.GetProperty("median").GetDouble());
        Assert.Equal(1.1, mine.GetProperty("ratioToBestPeer").GetDouble(), 6);
        Assert.Equal(110, mine.GetProperty("values").GetProperty("1").GetDouble());
    }

    [Fact]
    public void Add_WrongBytes_FailsTheRunAndIsReported()
    {
        Assert.False(_results.HasFailed);

        _results.Add(_case, FakeContender.Subject, FakeContender.Sample(2, 100, wrongBytes: 3));

        Assert.True(_results.HasFailed);
        Assert.Contains("- ping-64B-8, mine: wrong bytes 3 times", MarkdownReport.Write(Header, _results));
    }

    [Fact]
    public void Add_FailedConnections_IsReportedOnly()
    {
        _results.Add(_case, FakeContender.Subject, FakeContender.Sample(2, 100, failures: 2));

        Assert.False(_results.HasFailed);
        Assert.Single(_results.Problems);
    }
}
