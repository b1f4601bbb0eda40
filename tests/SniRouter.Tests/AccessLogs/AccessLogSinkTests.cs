using System.Text;
using Microsoft.Extensions.Logging;
using Zoneway.SniRouter.AccessLogs;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.AccessLogs;

/// <summary>The writers: they never hold up who gives them lines, and lose lines only where they say so.</summary>
public sealed class AccessLogSinkTests : IDisposable
{
    private static readonly AccessLogFormat Format = AccessLogFormat.Text(AccessLogTemplate.TryParse("%CONNECTION_ID%\n", out _)!);

    private readonly string _directory = Directory.CreateTempSubdirectory("zoneway-").FullName;
    private readonly ManualTimeProvider _clock = new();
    private readonly LogRecorder _log = new();
    private readonly List<AccessLogSink> _sinks = [];

    [Fact]
    public async Task Queue_DestinationStuck_DropsWhatIsTooMuchAndLosesNothingElse()
    {
        var sink = Use(new StuckSink(_log.CreateLogger("test")));
        Enqueue(sink, "first");
        await sink.Entered.Task.WithinLimit();

        for (int i = 0; i < AccessLogSink.MaxQueued + 5; i++)
        {
            Enqueue(sink, $"{i}");
        }

        Assert.Equal(5, sink.Dropped);
        sink.Release.SetResult();
        await Eventually.TrueAsync(() => sink.Written == AccessLogSink.MaxQueued + 1);
        Assert.Equal(["first", .. Enumerable.Range(0, AccessLogSink.MaxQueued).Select(i => $"{i}")], sink.Lines);
        Assert.Single(_log.Records, record => record.Level == LogLevel.Warning);
    }

    [Fact]
    public async Task Queue_ManyThreads_EveryLineIsWrittenOnce()
    {
        string path = Path.Combine(_directory, "log");
        var sink = Use(new FileSink(new(AccessLogDestinationKind.File, path), _clock, _log.CreateLogger("test")));

        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                Enqueue(sink, $"{thread}-{i}");
            }
        }))).WithinLimit();

        await Eventually.TrueAsync(() => sink.Written == 4000);
        Assert.Equal(4000, (await File.ReadAllLinesAsync(path)).Distinct().Count());
    }

    [Fact]
    public async Task File_RenamedByRotation_IsReplacedWithinASecond()
    {
        string path = Path.Combine(_directory, "log");
        var sink = Use(new FileSink(new(AccessLogDestinationKind.File, path), _clock, _log.CreateLogger("test")));
        await WriteAsync(sink, "old");
        File.Move(path, $"{path}.1");
        await WriteAsync(sink, "still old");
        _clock.Advance(TimeSpan.FromSeconds(1));
        await WriteAsync(sink, "new");

        Assert.Equal("old\nstill old\n", await File.ReadAllTextAsync($"{path}.1"));
        Assert.Equal("new\n", await File.ReadAllTextAsync(path));
    }

    [Fact]
    public async Task File_CannotBeOpened_LinesAreCountedAndItIsSaidOnce()
    {
        string path = Path.Combine(_directory, "missing", "log");
        var sink = Use(new FileSink(new(AccessLogDestinationKind.File, path), _clock, _log.CreateLogger("test")));
        Enqueue(sink, "lost");
        await Eventually.TrueAsync(() => sink.Dropped == 1);
        Enqueue(sink, "lost");
        await Eventually.TrueAsync(() => sink.Dropped == 2);

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await WriteAsync(sink, "kept");

        Assert.Equal("kept\n", await File.ReadAllTextAsync(path));
        Assert.Single(_log.Records, record => record.Level == LogLevel.Warning);
    }

    [Fact]
    public async Task Stop_WritesWhatWaits()
    {
        string path = Path.Combine(_directory, "log");
        var sink = Use(new FileSink(new(AccessLogDestinationKind.File, path), _clock, _log.CreateLogger("test")));
        for (int i = 0; i < 100; i++)
        {
            Enqueue(sink, "line");
        }

        sink.Stop();

        Assert.True(sink.WaitUntilStopped(TimeSpan.FromSeconds(60)));
        Assert.Equal(100, (await File.ReadAllLinesAsync(path)).Length);
    }

    [Fact]
    public async Task Tcp_CollectorGetsLines_AlsoAfterItHasClosed()
    {
        using var collector = new ScriptedUpstream();
        var sink = Use(new TcpSink(new(AccessLogDestinationKind.Tcp, collector.Address.ToString()), _clock, _log.CreateLogger("test")));
        Enqueue(sink, "one");
        var first = await collector.AcceptAsync();
        Assert.Equal("one\n", await first.ReceiveTextAsync(4));
        first.Dispose();

        // When the sink learns of the end is the kernel's affair: a line written before that is lost without anyone knowing.
        using var second = await AcceptAsync(collector, sink);

        Assert.Contains("two\n", await second.ReceiveTextAsync(4), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tcp_CollectorUnreachable_LinesAreCountedAndItIsTriedAgainASecondLater()
    {
        var refusing = new RefusingEndpoint();
        var sink = Use(new TcpSink(new(AccessLogDestinationKind.Tcp, refusing.Address.ToString()), _clock, _log.CreateLogger("test")));
        Enqueue(sink, "lost");
        await Eventually.TrueAsync(() => sink.Dropped == 1);
        Enqueue(sink, "lost at once");
        await Eventually.TrueAsync(() => sink.Dropped == 2);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Enqueue(sink, "lost again");
        await Eventually.TrueAsync(() => sink.Dropped == 3);

        refusing.Dispose();
        Assert.Single(_log.Records, record => record.Level == LogLevel.Warning);
    }

    [Theory]
    [InlineData("127.0.0.1:1", true)]
    [InlineData("[::1]:65535", true)]
    [InlineData("logstash.svc:5000", true)]
    [InlineData("logstash", false)]
    [InlineData(":5000", false)]
    [InlineData("a:0", false)]
    [InlineData("a:65536", false)]
    [InlineData("a:+1", false)]
    public void IsCollector_HostAndPort(string address, bool isCollector) => Assert.Equal(isCollector, AccessLogDestination.IsCollector(address));

    public void Dispose()
    {
        foreach (var sink in _sinks)
        {
            sink.Stop();
            sink.WaitUntilStopped(TimeSpan.FromSeconds(60));
        }

        Directory.Delete(_directory, recursive: true);
    }

    private T Use<T>(T sink)
        where T : AccessLogSink
    {
        _sinks.Add(sink);
        sink.Start();
        return sink;
    }

    private static void Enqueue(AccessLogSink sink, string id)
    {
        var entry = AccessLogTemplateTests.TestEntry();
        sink.Enqueue(Format, entry with { Report = entry.Report with { ConnectionId = id } });
    }

    private static async Task WriteAsync(AccessLogSink sink, string id)
    {
        long before = sink.Written;
        Enqueue(sink, id);
        await Eventually.TrueAsync(() => sink.Written == before + 1);
    }

    private async Task<TcpPeer> AcceptAsync(ScriptedUpstream collector, AccessLogSink sink)
    {
        await Eventually.TrueAsync(() => collector.HasConnection, meanwhile: () =>
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            Enqueue(sink, "two");
        });
        return await collector.AcceptAsync();
    }

    private sealed class StuckSink(ILogger logger) : AccessLogSink(new(AccessLogDestinationKind.File, "stuck"), logger)
    {
        private readonly StringBuilder _text = new();

        public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IEnumerable<string> Lines => _text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);

        protected override void Write(ReadOnlySpan<byte> lines)
        {
            Entered.TrySetResult();
            Release.Task.WithinLimit().GetAwaiter().GetResult();
            _text.Append(Encoding.UTF8.GetString(lines));
        }

        protected override void Close()
        {
        }
    }
}
