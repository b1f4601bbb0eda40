using System.Net.Sockets;
using System.Security.Authentication;
using Zoneway.LoadTest.Load;
using Zoneway.LoadTest.Measuring;

namespace Zoneway.LoadTest.Egress.Load;

/// <summary>One client: exchanges one after another, on one connection or each on its own.</summary>
internal sealed class EgressClient(EgressLoadContext context, TlsDialer dialer, Func<IExchange> createExchange, bool isReconnecting)
{
    private bool _isOpen;

    /// <summary>Exchanges that counted.</summary>
    public long Operations { get; private set; }

    /// <summary>Their payload.</summary>
    public long Bytes { get; private set; }

    /// <summary>Their times; with a connection for each, from before connecting.</summary>
    public LatencyHistogram Latency { get; } = new();

    /// <summary>Works until the sample is over or something goes wrong, which the context is told.</summary>
    public async Task RunAsync()
    {
        try
        {
            await (isReconnecting ? ReconnectAsync() : StayAsync());
        }
        catch (Exception exception) when (exception is IOException or SocketException or AuthenticationException or OperationCanceledException or WrongAnswerException)
        {
            context.Fail(exception.InnerException is { } inner ? $"{exception.Message} {inner.Message}" : exception.Message, exception is WrongAnswerException);
        }
        finally
        {
            NoteOpen();
        }
    }

    private async Task StayAsync()
    {
        await context.Opening.WaitAsync(context.Abort);
        var exchange = createExchange();
        var stream = await OpenAsync();
        await using (stream)
        {
            await exchange.BeginAsync(stream, context.Abort);
            await exchange.ExchangeAsync(stream, context.Abort);
            NoteOpen();
            while (!context.IsStopping)
            {
                var began = Clock.Now;
                await exchange.ExchangeAsync(stream, context.Abort);
                Count(began, exchange);
            }
        }
    }

    private async Task<Stream> OpenAsync()
    {
        try
        {
            return await dialer.DialAsync(context.Abort);
        }
        finally
        {
            context.Opening.Release();
        }
    }

    private async Task ReconnectAsync()
    {
        var exchange = createExchange();
        while (!context.IsStopping)
        {
            var began = Clock.Now;
            await using (var stream = await dialer.DialAsync(context.Abort))
            {
                await exchange.ExchangeAsync(stream, context.Abort);
            }

            Count(began, exchange);
            NoteOpen();
        }
    }

    private void Count(long began, IExchange exchange)
    {
        if (context.IsCounting)
        {
            Operations++;
            Bytes += exchange.PayloadBytes;
            Latency.Record(Clock.Now - began);
        }
    }

    private void NoteOpen()
    {
        if (!_isOpen)
        {
            _isOpen = true;
            context.Opened();
        }
    }
}
