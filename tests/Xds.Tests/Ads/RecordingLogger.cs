using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Zoneway.Xds.Tests.Ads;

/// <summary>Keeps every event as text.</summary>
internal sealed class RecordingLogger<T> : ILogger<T>
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text)> _events = new();
    private readonly Channel<string> _arrived = Channel.CreateUnbounded<string>();

    public IReadOnlyList<(LogLevel Level, string Text)> Events => [.. _events];

    /// <summary>Waits for an event that contains the text. Each event is looked at once.</summary>
    public async Task SeenAsync(string text)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!(await _arrived.Reader.ReadAsync(limit.Token)).Contains(text, StringComparison.Ordinal))
        {
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var text = $"{formatter(state, exception)} {exception}";
        _events.Enqueue((logLevel, text));
        _arrived.Writer.TryWrite(text);
    }
}
