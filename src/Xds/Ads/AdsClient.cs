using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Zoneway.Xds.Grpc;
using Zoneway.Xds.Resources;

namespace Zoneway.Xds.Ads;

/// <summary>
/// Keeps one ADS stream to the control plane open: connects, runs a session, backs off and connects again, until the host stops or another client takes its place.
/// Losing the stream changes nothing in force: the last good configuration keeps serving, for as long as it takes.
/// </summary>
public sealed partial class AdsClient : BackgroundService
{
    private readonly AdsClientOptions _options;
    private readonly IAdsTransport _transport;
    private readonly AdsSessionContext _context;
    private readonly ReconnectBackoff _backoff;
    private bool _wasAnswered;

    internal AdsClient(
        AdsClientOptions options,
        IAdsTransport transport,
        IResourceSink sink,
        AdsStatus status,
        AdsMetrics metrics,
        TimeProvider timeProvider,
        Random random,
        ILogger<AdsClient> logger)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.FirstBackoff, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxBackoff, options.FirstBackoff);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxResourcesPerType, 1);
        _options = options;
        _transport = transport;
        _backoff = options.Backoff ?? new ReconnectBackoff(options.FirstBackoff, options.MaxBackoff, random);
        _context = new AdsSessionContext(
            options.Variant,
            NodeMessage.From(options.Node),
            sink,
            [.. options.ResourceTypes.Select(type => (type, new TypeHistory()))],
            options.MaxResourcesPerType,
            options.TakesOver,
            status,
            metrics,
            timeProvider,
            logger);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            _wasAnswered = false;
            var end = await RunStreamAsync(stoppingToken) with { WasAnswered = _wasAnswered };
            _context.Status.Disconnected(end.Reason, _context.TimeProvider.GetUtcNow());

            var delay = _backoff.Next();
            if (end.IsFailure)
            {
                _context.Metrics.StreamFailed(end.Code);
                Log.StreamFailed(_context.Logger, end.Reason, end.Advice, delay.TotalMilliseconds);
            }
            else
            {
                Log.StreamEnded(_context.Logger, delay.TotalMilliseconds);
            }

            // The wait comes first even before another client: control planes that contradict each other must not be asked in a tight loop.
            var isSuperseded = _options.Watch is { } watch && await watch.IsSupersededAsync(end, stoppingToken);
            await Task.Delay(delay, _context.TimeProvider, stoppingToken);
            if (isSuperseded)
            {
                return;
            }
        }
    }

    // The one place where a stream's failure is caught. Only the host's stopping leaves as an exception.
    [SuppressMessage("Design", "CA1031", Justification = "Whatever breaks a stream, the next one may work, and the proxy must go on serving meanwhile.")]
    private async Task<StreamEnd> RunStreamAsync(CancellationToken stoppingToken)
    {
        try
        {
            var (token, noToken) = await ReadTokenAsync(stoppingToken);
            return noToken ?? await RunSessionAsync(token, stoppingToken);
        }
        catch (Exception) when (stoppingToken.IsCancellationRequested)
        {
            _context.Status.Disconnected("the proxy is stopping", _context.TimeProvider.GetUtcNow());
            Log.Stopped(_context.Logger);
            throw;
        }
        catch (RpcException exception)
        {
            return StreamEnd.From(exception.Status);
        }
        catch (Exception exception)
        {
            Log.SessionFault(_context.Logger, exception);
            return StreamEnd.From(exception);
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "The token source is the caller's code; what it throws is told and the next attempt asks again.")]
    private async Task<(string? Token, StreamEnd? NoToken)> ReadTokenAsync(CancellationToken stoppingToken)
    {
        try
        {
            return (await _options.TokenSource(stoppingToken), null);
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            return (null, StreamEnd.NoToken(exception));
        }
    }

    private async Task<StreamEnd> RunSessionAsync(string? token, CancellationToken stoppingToken)
    {
        Log.StreamOpening(_context.Logger, _options.Connection.Address, _options.Variant);
        _context.Metrics.StreamOpened();
        IAdsSession session = _options.Variant switch
        {
            XdsVariant.Delta => new DeltaSession(_context, _transport.OpenDelta(token)),
            _ => new StateOfTheWorldSession(_context, _transport.OpenStateOfTheWorld(token)),
        };

        try
        {
            await session.RunAsync(stoppingToken);
            return StreamEnd.Orderly;
        }
        finally
        {
            if (session.HasReceivedResponse)
            {
                _wasAnswered = true;
                _backoff.Reset();
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(120, LogLevel.Debug, "Opening a stream to the control plane at {Address}, variant {Variant}")]
        public static partial void StreamOpening(ILogger logger, Uri address, XdsVariant variant);

        [LoggerMessage(121, LogLevel.Information, "The control plane ended the stream; the configuration stays in force. Next attempt in {Milliseconds:F0} ms")]
        public static partial void StreamEnded(ILogger logger, double milliseconds);

        [LoggerMessage(122, LogLevel.Warning, "The stream to the control plane failed: {Reason}. {Advice} The configuration stays in force. Next attempt in {Milliseconds:F0} ms")]
        public static partial void StreamFailed(ILogger logger, string reason, string advice, double milliseconds);

        [LoggerMessage(123, LogLevel.Error, "The stream to the control plane was ended by a fault on this side")]
        public static partial void SessionFault(ILogger logger, Exception exception);

        [LoggerMessage(124, LogLevel.Information, "Disconnected from the control plane: the proxy is stopping")]
        public static partial void Stopped(ILogger logger);
    }
}
