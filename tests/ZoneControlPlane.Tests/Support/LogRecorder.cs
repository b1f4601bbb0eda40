using Microsoft.Extensions.Logging;

namespace Zoneway.ZoneControlPlane.Tests.Support;

/// <summary>Keeps what was logged and lets a test wait for a line.</summary>
internal sealed class LogRecorder : ILoggerProvider, ILoggerFactory
{
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
    private readonly List<(Func<string, bool> Condition, TaskCompletionSource<string> Found)> _waiting = [];

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>The first line, logged already or within ten seconds, that contains a text.</summary>
    public Task<string> WaitForAsync(string text)
    {
        bool Condition(string line) => line.Contains(text, StringComparison.Ordinal);
        lock (_gate)
        {
            if (_lines.Find(Condition) is { } line)
            {
                return Task.FromResult(line);
            }

            var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((Condition, found));
            return found.Task.WaitAsync(TestLimits.Wait);
        }
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this);

    public ILogger<T> CreateLogger<T>() => new Logger<T>(this);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
    }

    private void Add(string line)
    {
        List<TaskCompletionSource<string>> found;
        lock (_gate)
        {
            _lines.Add(line);
            found = [.. _waiting.Where(entry => entry.Condition(line)).Select(static entry => entry.Found)];
            _waiting.RemoveAll(entry => found.Contains(entry.Found));
        }

        found.ForEach(source => source.TrySetResult(line));
    }

    private sealed class Logger(LogRecorder recorder) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            recorder.Add($"{logLevel}: {formatter(state, exception)}");
    }
}
